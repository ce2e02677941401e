/** A node and its pods, as the routes between nodes need them. */
export interface RoutedNode {
  readonly name: string;
  readonly privateAddress: string;
  readonly podSubnet: string;
}

/** Renders (pure) the pod network's configuration of one node: a bridge, addresses from the node's own subnet, host ports. */
export function renderRoutedConflist(podSubnet: string): string {
  const conflist = {
    cniVersion: "1.0.0",
    name: "grappe",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isDefaultGateway: true,
        hairpinMode: true,
        ipMasq: false,
        ipam: { type: "host-local", ranges: [[{ subnet: podSubnet }]] },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
  return `${JSON.stringify(conflist, undefined, 2)}\n`;
}

/** Renders (pure) the routes of one node to all others' pods: lines `subnet address`, sorted. */
export function renderRoutes(nodes: readonly RoutedNode[], self: string): string {
  return nodes
    .filter(({ name }) => name !== self)
    .map(({ podSubnet, privateAddress }) => `${podSubnet} ${privateAddress}\n`)
    .toSorted()
    .join("");
}
