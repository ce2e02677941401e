import type { Output, Resource } from "@pulumi/pulumi";
import type { Host } from "../host/host.ts";

/** What a site gives to everything after it. OpenStack and machines return the same shape. */
export interface Site {
  /** Servers first, in the order in which they join. */
  readonly hosts: readonly Host[];
  /** Ranges for Services of type LoadBalancer, `first-last`. */
  readonly loadBalancerPool: readonly string[];
  /** The declared subnet (CIDR) of the pool: only nodes in it can announce its addresses. Absent without a pool. */
  readonly loadBalancerSubnet?: string;
  /** Addresses that the cluster will take and others on the network could hold, with the setting of each; none where the site itself gives them out. */
  readonly virtualAddresses: readonly { readonly setting: string; readonly address: string }[];
  /** Address of the Kubernetes API inside the site, known before anything boots. */
  readonly apiAddress: string;
  /** Whether `apiAddress` is virtual, held by keepalived on one of the servers. */
  readonly apiAddressIsVirtual: boolean;
  /** Address at which the administrator reaches the API, where it differs from `apiAddress`. */
  readonly apiPublicAddress?: Output<string>;
  /** Address at which the ingress is reached from outside, where there is one. */
  readonly publicAddress?: Output<string>;
  /** The cluster says by which resource a host is known to be back at work: a host that is `inTurn` waits for those before it. */
  readonly onJoined?: (host: string, membership: Resource) => void;
  /** Everything on the site is `deletedWith` this: once the site goes, nothing on it needs to be cleaned. */
  readonly anchor?: Resource;
}

/** What is known when a host is about to be resized. Don't wait for a host's `identity` then: it may be another resize's to give. */
export interface Resize {
  readonly host: Host;
  /** The site's servers, in the order in which they join, `host` included where it is one. */
  readonly servers: readonly Host[];
}

/** What is done around a change of a host's size in place, during `up`. The cluster implements it; a site only calls it. */
export interface Resizing {
  /** Resolves once the host may be stopped: it has the turn and its node is drained. A rejection stops the resize. */
  readonly before: (resize: Resize) => Promise<void>;
  /** Resolves once the host's node is ready and takes work again. */
  readonly after: (resize: Resize) => Promise<void>;
}
