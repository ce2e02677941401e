import type { PodNetworkArgs } from "../manifest.ts";

/**
 * Values of Calico's operator (pure): the pods' network in VXLAN, nodes known by their own network; no observability. Given
 * machines let pods' packets pass between neighbours as they are. On OpenStack port security would drop these: they come from
 * addresses that Calico, not we, gives to nodes.
 */
export function calicoValues({
  cluster,
  nodeNetworks,
  hasPortSecurity,
}: Pick<PodNetworkArgs, "cluster" | "nodeNetworks" | "hasPortSecurity">) {
  const encapsulation = hasPortSecurity ? "VXLAN" : "VXLANCrossSubnet";
  return {
    installation: {
      calicoNetwork: {
        bgp: "Disabled",
        ipPools: [{ cidr: cluster.podCidr, encapsulation, natOutgoing: "Enabled" }],
        nodeAddressAutodetectionV4: { cidrs: nodeNetworks },
      },
    },
    goldmane: { enabled: false },
    whisker: { enabled: false },
  };
}
