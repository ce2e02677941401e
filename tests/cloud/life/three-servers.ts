import { expect, test } from "vitest";
import { changed } from "../../engine-runs.ts";
import { withPool, withServers } from "../settings-changes.ts";
import { nodes, type StackLife } from "../stack-life.ts";
import { inInstance } from "../test-cloud.ts";

const servers = ["server-1", "server-2", "server-3"];
/** All of them and the agents, Ready. */
const grown = { ...nodes, "server-2": true, "server-3": true };

/** What a server's own part of the API, with its etcd, says of itself. */
async function answerOfApi(server: string): Promise<string> {
  return await inInstance(server, "curl --silent --insecure --max-time 5 https://localhost:6443/readyz").catch(
    () => "",
  );
}

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

  test("one server becomes three, an agent is removed, and another image replaces one, never rebuilds it", async () => {
    const { cloud, openstack } = life;
    const before = (await openstack.server("cloud-space-1-1")).id;
    cloud.keep(withServers({ count: 3 }));
    cloud.keep(withPool("space-1", { count: 1, image: "debian-12-next" }));
    await cloud.configure();
    await cloud.timed("one server becomes three, an agent goes, one is replaced", () => cloud.up());
    expect(await cloud.nodes()).toEqual(grown);
    expect(await cloud.unschedulable()).toEqual([]);
    expect((await openstack.list("server")).map(({ name }) => name)).not.toContain("cloud-space-1-2");
    expect((await openstack.server("cloud-space-1-1")).id).not.toBe(before);
    expect(await inInstance("cloud-space-1-1", "cat /etc/image-name")).toBe("debian-12-next");
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
    await expect.poll(async () => Object.keys(await cloud.nodes()).length, { timeout: 30_000 }).toBe(5);
    const status = async () => (await openstack.server(`cloud-${first}`)).status;
    await expect.poll(status, { timeout: 60_000 }).toBe("SHUTOFF");
    // It boots while the next test runs.
    await openstack.start(`cloud-${first}`);
  });
}

/** Once the server that was stopped has booted. */
export function testServerIsBack(life: StackLife): void {
  test("the server that was stopped is back at work", async () => {
    const answers = () => Promise.all(servers.map((server) => answerOfApi(`cloud-${server}`)));
    await expect.poll(answers, { timeout: 180_000, interval: 1_000 }).toEqual(["ok", "ok", "ok"]);
    await expect.poll(() => life.cloud.nodes(), { timeout: 120_000, interval: 1_000 }).toEqual(grown);
  });
}
