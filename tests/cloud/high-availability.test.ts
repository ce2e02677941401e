import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { OpenstackApi } from "./openstack-api.ts";
import { withSite } from "./settings-changes.ts";
import { inInstance, TestCloud } from "./test-cloud.ts";

const servers = ["server-1", "server-2", "server-3"];
const siteWithServers = z.looseObject({ servers: z.looseObject({}) });

let cloud: TestCloud;
let openstack: OpenstackApi;

beforeAll(async () => {
  openstack = await OpenstackApi.asUser();
  cloud = await TestCloud.open();
  if (process.env.GRAPPE_CLOUD_KEEP === undefined) await cloud.stack.run("destroy");
  cloud.keep((configuration) => {
    const { servers: one } = siteWithServers.parse(configuration["grappe:site"]);
    // All instances of this cloud are on one computer.
    return withSite({ servers: { ...one, count: 3, spread: "preferred" } })(configuration);
  });
  await cloud.configure();
});

afterAll(async () => {
  if (process.env.GRAPPE_CLOUD_KEEP === undefined) await cloud.stack.run("destroy");
  cloud.stack.close();
});

/** The server that holds the virtual address of the API now. */
async function holder(): Promise<string | undefined> {
  for (const server of servers) {
    const { status } = await openstack.server(`cloud-${server}`);
    if (status !== "ACTIVE") continue;
    if ((await inInstance(`cloud-${server}`, "ip -4 -brief address")).includes("3.7.12.240/")) return server;
  }
  return undefined;
}

describe("three servers on OpenStack", () => {
  test("come up", async () => {
    await cloud.timed("up, three servers", () => cloud.up());
    expect(Object.keys(await cloud.nodes()).toSorted()).toEqual([...servers, "space-1-1", "space-2-1"]);
  });

  test("the API's virtual address moves to another server, past port security", async () => {
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
});
