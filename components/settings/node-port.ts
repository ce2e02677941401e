/** What nodes let in from each other: the source of OpenStack's security rules, and of what is tried before anything is installed. */
export interface NodePort {
  /** `nodes`: every node, servers among them. */
  readonly to: "nodes" | "servers";
  readonly from: "nodes" | "servers";
  readonly protocol: "tcp" | "udp" | "vrrp" | "any";
  /** First and last port, of tcp and udp only. */
  readonly ports?: readonly [from: number, to: number];
  /** What doesn't work without it. */
  readonly why: string;
}

/** One port (pure) that every node lets every other one ask. */
export function amongAllNodes(protocol: "tcp" | "udp", port: number, why: string): NodePort {
  return { to: "nodes", from: "nodes", protocol, ports: [port, port], why };
}
