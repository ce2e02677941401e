import { expect, test } from "vitest";
import { changed, failureOf } from "../../engine-runs.ts";
import { OpenstackApi } from "../openstack-api.ts";
import { ResizeWatch } from "../resize-watch.ts";
import { withPool, withServers } from "../settings-changes.ts";
import { errorsIn, nodes, type StackLife } from "../stack-life.ts";

/** With the agent that these tests add. */
const withAgent = { ...nodes, "space-1-2": true };

/** An agent can't get a flavor, one is lost, another one comes, and two get a flavor that they can. */
export function testAgentChanges(life: StackLife): void {
  test("a resize that the cloud can't do puts the node back to work; a refresh and up are clean", async () => {
    const { cloud } = life;
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

  test("a quota that is exceeded is one error", async () => {
    const { cloud, openstack } = life;
    const administrator = await OpenstackApi.asAdministrator();
    await administrator.limitInstances(openstack.project, 4);
    cloud.keep(withPool("space-1", { count: 2 }));
    await cloud.configure();
    const errors = errorsIn(await failureOf(cloud.stack.run("up")));
    expect(errors.join("\n")).toMatch(/Error creating OpenStack server: .*Quota exceeded for instances/);
    await administrator.limitInstances(openstack.project, 20);
  });

  test("refresh and up put an instance back that was deleted behind our back, and add what the quota didn't allow", async () => {
    const { cloud, openstack } = life;
    const before = (await openstack.server("cloud-space-2-1")).id;
    await openstack.deleteServer("cloud-space-2-1");
    await cloud.timed("refresh after an instance was deleted", () => cloud.stack.run("refresh"));
    await cloud.timed("up: a deleted instance back, another one added", () => cloud.up());
    expect((await openstack.server("cloud-space-2-1")).id).not.toBe(before);
    expect(await cloud.nodes()).toEqual(withAgent);
  });

  test("another flavor resizes the instances in place, one at a time", async () => {
    const { cloud, openstack } = life;
    const agents = ["cloud-space-1-1", "cloud-space-1-2"];
    const idOf = async (name: string) => (await openstack.server(name)).id;
    const before = await Promise.all(agents.map(idOf));
    cloud.keep(withPool("space-1", { flavor: "large" }));
    await cloud.configure();
    const watch = new ResizeWatch(openstack);
    const run = await cloud.timed("another flavor of two agents", () => cloud.up());
    await watch.stop();
    expect([...watch.names].toSorted()).toEqual(agents);
    expect(watch.together).toBe(1);
    // The run before left nothing to do.
    expect(changed(run)).toEqual([["update", 2]]);
    expect(await Promise.all(agents.map(idOf))).toEqual(before);
    expect(await Promise.all(agents.map((name) => openstack.flavorOf(name)))).toEqual(["large", "large"]);
    expect(await cloud.nodes()).toEqual(withAgent);
    expect(await cloud.unschedulable()).toEqual([]);
  });
}

/** Changes that are refused, before anything is touched where it can be known. */
export function refusedAgentChanges(life: StackLife): void {
  test("a flavor whose disk is smaller is refused before anything is drained", async () => {
    const { cloud } = life;
    await cloud.configure(withPool("space-1", { flavor: "small" }));
    const errors = errorsIn(await failureOf(cloud.stack.run("preview")));
    expect(errors.join("\n")).toMatch(/agentPools\.space-1\.flavor: space-1-1 can't become small: its disk has 20 GiB/);
    expect(await cloud.unschedulable()).toEqual([]);
  });

  test("another image of the only server is refused: the cluster would go with it", async () => {
    const { cloud, openstack } = life;
    const before = (await openstack.server("cloud-server-1")).id;
    await cloud.configure(withServers({ image: "debian-12-next" }));
    const errors = errorsIn(await failureOf(cloud.stack.run("up")));
    expect(errors.join("\n")).toMatch(/as the only server it would take the cluster with it/);
    expect((await openstack.server("cloud-server-1")).id).toBe(before);
    await cloud.configure();
  });
}
