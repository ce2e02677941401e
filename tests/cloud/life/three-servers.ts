import { expect, test } from "vitest";
import { z } from "zod";
import { changed } from "../../engine-runs.ts";
import { withSite } from "../settings-changes.ts";
import { nodes, type StackLife } from "../stack-life.ts";
import { inInstance } from "../test-cloud.ts";

const servers = ["server-1", "server-2", "server-3"];
const siteWithServers = z.looseObject({ servers: z.looseObject({}) });

/** One server becomes three behind the same address, and the address goes on when its holder is gone. */
export function testThreeServers(life: StackLife): void {
  /** The server that holds the virtual address of the API now. */
  async function holder(): Promise<string | undefined> {
    for (const server of servers) {
      const { status } = await life.openstack.server(`cloud-${server}`);
      if (status !== "ACTIVE") continue;
      if ((await inInstance(`cloud-${server}`, "ip -4 -brief address")).includes("3.7.12.240/")) return server;
    }
    return undefined;
  }

  test("one server becomes three", async () => {
    const { cloud } = life;
    cloud.keep((configuration) => {
      const { servers: one } = siteWithServers.parse(configuration["grappe:site"]);
      return withSite({ servers: { ...one, count: 3 } })(configuration);
    });
    await cloud.configure();
    await cloud.timed("one server becomes three", () => cloud.up());
    expect(await cloud.nodes()).toEqual({ ...nodes, "server-2": true, "server-3": true });
    expect(changed(await cloud.up())).toEqual([]);
  });

  test("the API's virtual address moves to another server, past port security", async () => {
    const { cloud, openstack } = life;
    const first = await holder();
    expect(servers).toContain(first);
    await openstack.stop(`cloud-${first}`);
    await cloud.timed("the API's address moves to another server", () =>
      expect.poll(holder, { timeout: 120_000, interval: 1_000 }).toSatisfy((now) => now !== undefined && now !== first),
    );
    // Through its floating IP, which leads to the address and not to a machine.
    await expect.poll(async () => (await cloud.nodes())[`${first}`], { timeout: 120_000 }).toBe(false);
    await openstack.start(`cloud-${first}`);
    await expect.poll(async () => (await cloud.nodes())[`${first}`], { timeout: 180_000 }).toBe(true);
  });
}
