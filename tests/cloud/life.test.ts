import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { answerOf } from "../../lab/bring-up.ts";
import { cloudFolder } from "../../lab/cloud/cloud-folder.ts";
import { changed, failureOf } from "../engine-runs.ts";
import { OpenstackApi } from "./openstack-api.ts";
import { withEdgeAt, withPool, withSite } from "./settings-changes.ts";
import { inInstance, TestCloud } from "./test-cloud.ts";

const siteWithServers = z.looseObject({ servers: z.looseObject({}) });

const nodes = { "server-1": true, "space-1-1": true, "space-2-1": true };

let cloud: TestCloud;
let openstack: OpenstackApi;
let untouched: readonly string[];

beforeAll(async () => {
  openstack = await OpenstackApi.asUser();
  cloud = await TestCloud.open();
  // With GRAPPE_CLOUD_KEEP single tests run on what stands; else what an earlier run left goes first.
  if (process.env.GRAPPE_CLOUD_KEEP === undefined) await cloud.stack.run("destroy");
  else {
    cloud.useKubeconfig();
    cloud.keep(withEdgeAt("space_2"));
    cloud.keep(withPool("space-1", { flavor: await openstack.flavorOf("cloud-space-1-1") }));
    await cloud.configure();
    await cloud.stack.run("refresh");
  }
  untouched = process.env.GRAPPE_CLOUD_KEEP === undefined ? await openstack.everything() : [];
});

afterAll(() => cloud.stack.close());

/** Errors of a failed run, each once. */
function errorsIn(log: string): string[] {
  return [...new Set(log.match(/error: .*/g) ?? [])];
}

describe("before anything exists", () => {
  test("a preview knows everything that will be made", async () => {
    const { changes } = await cloud.timed("preview before anything exists", () => cloud.stack.run("preview"));
    expect(Object.keys(changes)).toEqual(["create"]);
    expect(changes.create).toBeGreaterThan(130);
    expect(await openstack.everything()).toEqual(untouched);
  });

  test.each([
    [
      "externalNetwork",
      withSite({ externalNetwork: "publik" }),
      /grappe:site\.externalNetwork: .*no external network "publik".*network list --external/,
    ],
    [
      "image",
      withPool("space-1", { image: "debian-11" }),
      /grappe:site\.agentPools\.space-1\.image: .*no image "debian-11".*image list/,
    ],
    [
      "flavor",
      withPool("space-2", { flavor: "tiny" }),
      /grappe:site\.agentPools\.space-2\.flavor: .*no flavor "tiny".*flavor list/,
    ],
  ])("a wrong name of the %s is one error that says what to do", async (_, change, error) => {
    await cloud.configure(change);
    const errors = errorsIn(await failureOf(cloud.stack.run("preview")));
    expect(
      errors.some((line) => error.test(line)),
      errors.join("\n"),
    ).toBe(true);
    await cloud.configure();
    expect(await openstack.everything()).toEqual(untouched);
  });

  test.each([
    [
      "the cloud is away",
      "http://10.215.0.10:5999/v3",
      "secret",
      /can't be asked for .*connection refused\. Check that this computer reaches/,
    ],
    [
      "the credential is refused",
      "http://10.215.0.10:5000/v3",
      "wrong",
      /can't be asked for .*(401|Authentication|Unauthorized)/,
    ],
  ])("%s: the error says so", async (_, authUrl, password, error) => {
    const file = join(cloudFolder, "wrong-clouds.yaml");
    const auth = {
      auth_url: authUrl,
      username: "shop",
      password,
      project_name: "shop",
      user_domain_name: "Default",
      project_domain_name: "Default",
    };
    await writeFile(file, JSON.stringify({ clouds: { grappe: { auth, region_name: "RegionOne" } } }), { mode: 0o600 });
    const wrong = await TestCloud.open(file);
    try {
      const errors = errorsIn(await failureOf(wrong.stack.run("preview")));
      expect(
        errors.some((line) => error.test(line)),
        errors.join("\n"),
      ).toBe(true);
    } finally {
      wrong.stack.close();
      await rm(file);
    }
  });
});

describe("the life of a cluster on OpenStack", () => {
  test("it comes up", async () => {
    await cloud.timed("up", () => cloud.up());
    expect(await cloud.nodes()).toEqual(nodes);
  });

  test("a second up changes nothing, and so does a refresh", async () => {
    expect(changed(await cloud.timed("second up, nothing to do", () => cloud.up()))).toEqual([]);
    expect(changed(await cloud.timed("refresh, nothing to find", () => cloud.stack.run("refresh")))).toEqual([]);
    expect(changed(await cloud.timed("preview after it", () => cloud.stack.run("preview")))).toEqual([]);
  });

  test("the calculator answers through a floating IP", async () => {
    const [address] = await openstack.publicAddresses("port-forwards");
    const sum = `http://${address}:50000/sum?a=2&b=3`;
    const answer = await cloud.timed("calculator through a floating IP", () => answerOf(sum, 60));
    expect(JSON.parse(answer)).toMatchObject({ result: 5 });
  });

  test("the subnets reach each other through the second router, as far as the rules allow", async () => {
    const kubelet = (address: string) => `timeout 5 bash -c ': < /dev/tcp/${address}/10250' && echo open || echo shut`;
    const hops = "ip route get 4.7.12.20 && ping -c 2 -W 5 4.7.12.20 > /dev/null && echo answered";
    expect(await inInstance("cloud-space-1-1", hops)).toMatch(/via 3\.7\.12\.1 .*\nanswered$/s);
    expect(await inInstance("cloud-space-1-1", kubelet("4.7.12.20"))).toBe("open");
    expect(await inInstance("cloud-space-2-1", kubelet("3.7.12.20"))).toBe("open");
    // The bastion is no node: of the nodes it may use SSH, and the API.
    expect(await inInstance("cloud-bastion", kubelet("3.7.12.20"))).toBe("shut");
    expect(await inInstance("cloud-bastion", kubelet("4.7.12.20"))).toBe("shut");
  });

  test("an instance that was deleted behind our back is put back by refresh and up", async () => {
    const before = (await openstack.server("cloud-space-2-1")).id;
    await openstack.deleteServer("cloud-space-2-1");
    await cloud.timed("refresh after an instance was deleted", () => cloud.stack.run("refresh"));
    await cloud.timed("up after an instance was deleted", () => cloud.up());
    expect((await openstack.server("cloud-space-2-1")).id).not.toBe(before);
    expect(await cloud.nodes()).toEqual(nodes);
    expect(changed(await cloud.up())).toEqual([]);
  });

  test("the edge application moves to the other subnet by the label", async () => {
    // From here on it stays there: at the only node of a place its disruption budget would stop every drain.
    cloud.keep(withEdgeAt("space_2"));
    await cloud.configure();
    await cloud.timed("edge application moved", () => cloud.up());
    // Pods that end are still there for a while.
    const there = Array.from({ length: 3 }, () => "space-2-1");
    await expect.poll(() => cloud.nodesOf("edge"), { timeout: 60_000 }).toEqual(there);
  });

  test("another flavor resizes the instance in place", async () => {
    const before = (await openstack.server("cloud-space-1-1")).id;
    await cloud.configure(withPool("space-1", { flavor: "large" }));
    const run = await cloud.timed("another flavor", () => cloud.up());
    expect(Object.keys(run.changes)).not.toContain("replace");
    expect((await openstack.server("cloud-space-1-1")).id).toBe(before);
    expect(await openstack.flavorOf("cloud-space-1-1")).toBe("large");
    expect(await cloud.nodes()).toEqual(nodes);
    expect(await cloud.unschedulable()).toEqual([]);
    cloud.keep(withPool("space-1", { flavor: "large" }));
  });

  test("a flavor whose disk is smaller is refused before anything is drained", async () => {
    await cloud.configure(withPool("space-1", { flavor: "small" }));
    const errors = errorsIn(await failureOf(cloud.stack.run("preview")));
    expect(errors.join("\n")).toMatch(/agentPools\.space-1\.flavor: space-1-1 can't become small: its disk has 20 GiB/);
    expect(await cloud.unschedulable()).toEqual([]);
  });

  test("a resize that the cloud can't do puts the node back to work; a refresh and up are clean", async () => {
    await (await OpenstackApi.asAdministrator()).ensureFlavor("colossal", { vcpus: 4096, ram: 4096, disk: 20 });
    await cloud.configure(withPool("space-1", { flavor: "colossal" }));
    expect(errorsIn(await failureOf(cloud.stack.run("up"))).join("\n")).toMatch(
      /Error resizing OpenStack server: .*Quota exceeded for cores/,
    );
    expect(await cloud.nodes()).toEqual(nodes);
    expect(await cloud.unschedulable()).toEqual([]);
    await cloud.configure();
    await cloud.stack.run("refresh");
    expect(changed(await cloud.up())).toEqual([]);
  });

  test("another image replaces the instance and never rebuilds it", async () => {
    const before = (await openstack.server("cloud-space-1-1")).id;
    cloud.keep(withPool("space-1", { image: "debian-12-next" }));
    await cloud.configure();
    await cloud.timed("another image", () => cloud.up());
    expect((await openstack.server("cloud-space-1-1")).id).not.toBe(before);
    expect(await cloud.nodes()).toEqual(nodes);
    expect(changed(await cloud.up())).toEqual([]);
  });

  test("another image of the only server is refused: the cluster would go with it", async () => {
    const before = (await openstack.server("cloud-server-1")).id;
    await cloud.configure((configuration) => {
      const { servers } = siteWithServers.parse(configuration["grappe:site"]);
      return withSite({ servers: { ...servers, image: "debian-12-next" } })(configuration);
    });
    const errors = errorsIn(await failureOf(cloud.stack.run("up")));
    expect(errors.join("\n")).toMatch(/as the only server it would take the cluster with it/);
    expect((await openstack.server("cloud-server-1")).id).toBe(before);
    await cloud.configure();
  });

  test("an agent is added, and removed", async () => {
    await cloud.configure(withPool("space-2", { count: 2 }));
    await cloud.timed("an agent added", () => cloud.up());
    expect(await cloud.nodes()).toEqual({ ...nodes, "space-2-2": true });
    await cloud.configure();
    await cloud.timed("an agent removed", () => cloud.up());
    expect(await cloud.nodes()).toEqual(nodes);
    expect((await openstack.list("server")).map(({ name }) => name)).not.toContain("cloud-space-2-2");
  });

  test("a quota that is exceeded is one error, and the next up goes on", async () => {
    const administrator = await OpenstackApi.asAdministrator();
    await administrator.limitInstances(openstack.project, 4);
    await cloud.configure(withPool("space-2", { count: 2 }));
    const errors = errorsIn(await failureOf(cloud.stack.run("up")));
    expect(errors.join("\n")).toMatch(/Error creating OpenStack server: .*Quota exceeded for instances/);
    await administrator.limitInstances(openstack.project, 20);
    await cloud.timed("up after a quota was exceeded", () => cloud.up());
    expect(await cloud.nodes()).toEqual({ ...nodes, "space-2-2": true });
    await cloud.configure();
    await cloud.up();
  });
});

describe("the end", () => {
  test("a destroy with a foreign port on our network names it, and deletes nothing", async () => {
    const port = await openstack.foreignPort("cloud-back");
    await expect(cloud.stack.refuseForeign()).rejects.toThrow(port);
    expect((await openstack.server("cloud-space-2-1")).status).toBe("ACTIVE");
    await openstack.deletePort(port);
    await expect(cloud.stack.refuseForeign()).resolves.toBeUndefined();
  });

  test("a destroy ends with an instance already gone, and leaves nothing", async () => {
    await openstack.deleteServer("cloud-space-1-1");
    await cloud.timed("destroy, one instance already gone", () => cloud.stack.run("destroy"));
    expect(await openstack.everything()).toEqual(untouched);
  });
});
