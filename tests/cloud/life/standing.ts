import { expect, test } from "vitest";
import { answerOf } from "../../../lab/bring-up.ts";
import { changed } from "../../engine-runs.ts";
import { withEdgeAt } from "../settings-changes.ts";
import type { StackLife } from "../stack-life.ts";
import { inInstance } from "../test-cloud.ts";

/** Whether a node's kubelet can be reached from where this runs. */
const kubelet = (address: string) => `timeout 3 bash -c ': < /dev/tcp/${address}/10250' && echo open || echo shut`;

/** What the stack is for: traffic and applications. */
export function testStanding(life: StackLife): void {
  test("the calculator answers through a floating IP", async () => {
    const { cloud, openstack } = life;
    const [address] = await openstack.publicAddresses("port-forwards");
    const sum = `http://${address}:50000/sum?a=2&b=3`;
    const answer = await cloud.timed("calculator through a floating IP", () => answerOf(sum, 60));
    expect(JSON.parse(answer)).toMatchObject({ result: 5 });
  });

  test("the subnets reach each other through the second router, as far as the rules allow", async () => {
    const hops = "ip route get 4.7.12.20 && ping -c 2 -W 5 4.7.12.20 > /dev/null && echo answered";
    // The bastion is no node: of the nodes it may use SSH, and the API.
    const [way, ...reached] = await Promise.all([
      inInstance("cloud-space-1-1", hops),
      inInstance("cloud-space-1-1", kubelet("4.7.12.20")),
      inInstance("cloud-space-2-1", kubelet("3.7.12.20")),
      inInstance("cloud-bastion", kubelet("3.7.12.20")),
      inInstance("cloud-bastion", kubelet("4.7.12.20")),
    ]);
    expect(way).toMatch(/via 3\.7\.12\.1 .*\nanswered$/s);
    expect(reached).toEqual(["open", "open", "shut", "shut"]);
  });

  test("the edge application moves to the other subnet by the label", async () => {
    const { cloud } = life;
    // From here on it stays there: at the only node of a place its disruption budget would stop every drain.
    cloud.keep(withEdgeAt("space_2"));
    await cloud.configure();
    expect(changed(await cloud.timed("edge application moved", () => cloud.up()))).toEqual([["update", 1]]);
    expect(await cloud.nodesOf("edge")).toEqual(["space-2-1", "space-2-1", "space-2-1"]);
  });
}
