import { describe, expect, it } from "vitest";
import { renderRoutedConflist, renderRoutes } from "../../../components/cluster/kubeadm/routed-network.ts";

const nodes = [
  { name: "b", privateAddress: "10.0.0.12", subnet: "10.0.0.0/24", podSubnet: "10.42.12.0/24" },
  { name: "a", privateAddress: "10.0.0.11", subnet: "10.0.0.0/24", podSubnet: "10.42.11.0/24" },
  { name: "c", privateAddress: "10.0.0.13", subnet: "10.0.0.0/24", podSubnet: "10.42.13.0/24" },
];

describe("the routed pod network", () => {
  it("routes to all other nodes' pods, in an order that doesn't depend on the settings'", () => {
    expect(renderRoutes(nodes, "a")).toBe("10.42.12.0/24 10.0.0.12\n10.42.13.0/24 10.0.0.13\n");
    expect(renderRoutes(nodes.toReversed(), "a")).toBe(renderRoutes(nodes, "a"));
    expect(renderRoutes(nodes.slice(1, 2), "a")).toBe("");
  });

  it("leaves pods of other subnets to the gateway", () => {
    const far = { name: "d", privateAddress: "10.0.1.11", subnet: "10.0.1.0/24", podSubnet: "10.42.14.0/24" };
    expect(renderRoutes([...nodes, far], "a")).toBe(renderRoutes(nodes, "a"));
    expect(renderRoutes([...nodes, far], "d")).toBe("");
  });

  it("gives pods addresses of their node and one default route", () => {
    const { plugins } = JSON.parse(renderRoutedConflist("10.42.11.0/24"));
    expect(plugins[0].ipam.ranges).toEqual([[{ subnet: "10.42.11.0/24" }]]);
    // The bridge plugin adds the default route itself; a second one in the address plugin's answer fails every pod.
    expect(plugins[0]).toMatchObject({ isDefaultGateway: true, ipMasq: false });
    expect(plugins[0].ipam.routes).toBeUndefined();
  });
});
