/** A node and its pods, as the routes between nodes need them. */
export interface RoutedNode {
  readonly name: string;
  readonly privateAddress: string;
  /** The declared network (CIDR) that it lies in. */
  readonly subnet: string;
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

/**
 * Renders (pure) the routes of one node to its neighbours' pods: lines `subnet address`, sorted. Pods of nodes in other subnets
 * are reached by the gateway: there the site's routers know the way.
 */
export function renderRoutes(nodes: readonly RoutedNode[], self: string): string {
  const subnet = nodes.find(({ name }) => name === self)?.subnet;
  return nodes
    .filter((node) => node.name !== self && node.subnet === subnet)
    .map(({ podSubnet, privateAddress }) => `${podSubnet} ${privateAddress}\n`)
    .toSorted()
    .join("");
}
