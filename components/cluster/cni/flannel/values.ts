import type { PodNetworkArgs } from "../manifest.ts";

/**
 * Values of flannel's chart (pure): the pods' network, its overlay, the interface of the nodes' own network. One DaemonSet is for
 * all nodes, so the interface is told by its address: `--iface-regex` may be given several times, `--iface-can-reach` not
 * (flannel's main.go).
 */
export function flannelValues({ cluster, nodeNetworks }: Pick<PodNetworkArgs, "cluster" | "nodeNetworks">) {
  return {
    podCidr: cluster.podCidr,
    flannel: {
      backend: cluster.flannelBackend === "wireguard-native" ? "wireguard" : cluster.flannelBackend,
      args: [
        "--ip-masq",
        "--kube-subnet-mgr",
        ...nodeNetworks.map((network) => `--iface-regex=${addressPattern(network)}`),
      ],
    },
  };
}

/** A regular expression for the addresses of an IPv4 network (pure), and for no others. */
export function addressPattern(cidr: string): string {
  const [address = "", length = "32"] = cidr.split("/");
  const octets = address.split(".").map(Number);
  const patterns = octets.map((octet, index) =>
    octetPattern(octet, Math.min(8, Math.max(0, Number(length) - 8 * index))),
  );
  return `^${patterns.join("\\.")}$`;
}

/** @param bits how many of the octet's bits are the network's */
function octetPattern(octet: number, bits: number): string {
  if (bits === 0) return "[0-9]+";
  const size = 2 ** (8 - bits);
  const first = octet - (octet % size);
  const values = Array.from({ length: size }, (_, index) => first + index);
  return size === 1 ? String(first) : `(${values.join("|")})`;
}
