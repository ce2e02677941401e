import { allocatesPodSubnets } from "../../cluster/cni/manifests.ts";
import { clusterStands } from "./cluster-choices.ts";
import type { LastingChoice, LastingSettings } from "./lasting-choice.ts";

interface Node {
  /** Its name. */
  readonly host: string;
  /** What tells its machine from another one. */
  readonly identity: string;
  /** The setting that decides its pods' subnet. */
  readonly path: string;
}

/** With plain routes, a node's pods have addresses of the subnet that it was given when it joined. */
export function podSubnetChoice({ cluster, hosts }: LastingSettings, { host, identity, path }: Node): LastingChoice[] {
  const plan = hosts.find(({ name }) => name === host);
  if (!allocatesPodSubnets(cluster) || plan === undefined) return [];
  return [
    {
      key: `machine ${identity} podSubnet`,
      path,
      chosen: plan.podSubnet,
      standing: clusterStands,
      judge: (was) => ({
        reason: `${host}'s pods would be in ${plan.podSubnet}, but they run in ${was}, and routes lead there.`,
        fix: `Leave it and the nodes' networks as they were, so that it is ${was}. Or take the node out, \`up\`, and add it again, \`up\`.`,
      }),
    },
  ];
}
