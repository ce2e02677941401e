import { describe, expect, it } from "vitest";
import { machineLabelValue } from "../../../components/cluster/machine-label.ts";
import { labelLines, nodeLabels, nodeTaints, taintLines } from "../../../components/cluster/node-labels.ts";

describe("a node's labels and taints", () => {
  it("are the settings' and those that follow from its place", () => {
    const labels = nodeLabels({ labels: { PoP: "space_1" }, subnet: "192.168.1.0/24", failureDomain: "switch-a" });
    expect(labelLines(labels)).toBe(
      "PoP=space_1\ngrappe.dev/subnet=192.168.1.0-24\ntopology.kubernetes.io/zone=switch-a",
    );
  });

  it("keep workloads off servers only where the settings say so", () => {
    const server = { role: "server" as const, taints: [{ key: "x", value: "y", effect: "NoExecute" as const }] };
    expect(taintLines(nodeTaints(server, { schedulableServers: true }))).toBe("x=y:NoExecute");
    expect(taintLines(nodeTaints(server, { schedulableServers: false }))).toBe(
      "node-role.kubernetes.io/control-plane=:NoSchedule\nx=y:NoExecute",
    );
    expect(nodeTaints({ role: "agent", taints: [] }, { schedulableServers: false })).toEqual([]);
  });

  it("tell one machine from the next in a form that a label may have", () => {
    expect(machineLabelValue("SHA256:abc/+")).toMatch(/^[0-9a-f]{16}$/);
    expect(machineLabelValue("a")).not.toBe(machineLabelValue("b"));
  });
});
