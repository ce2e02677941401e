import type { types } from "@pulumi/kubernetes";

type NetworkPolicySpec = types.input.networking.v1.NetworkPolicySpec;
type Peer = types.input.networking.v1.NetworkPolicyPeer;

/** What a namespace's pods may do beyond what everything is denied. */
export interface NetworkFlow {
  /** in: others ask the namespace's pods. out: its pods ask others. */
  readonly direction: "in" | "out";
  /**
   * own: pods of the namespace; pods: those of every namespace; a name: those of that namespace. anyone: pods, nodes and what lies outside; what
   * the API server or a load balancer asks comes from addresses that differ by pod network.
   */
  readonly peer: "own" | "pods" | "anyone" | { readonly namespace: string };
  /** Default: every one. */
  readonly ports?: readonly number[];
  /** Default: TCP. */
  readonly protocols?: readonly ("TCP" | "UDP")[];
  readonly why: string;
}

export const askDns: NetworkFlow = {
  ...{ direction: "out", peer: "anyone", ports: [53], protocols: ["UDP", "TCP"] },
  why: "names are asked of the cluster's DNS",
};

/** At its Service's port, and at the servers', which is what a policy sees behind it. */
export const askApi: NetworkFlow = {
  ...{ direction: "out", peer: "anyone", ports: [443, 6443] },
  why: "the Kubernetes API is asked",
};

export const amongOwn: readonly NetworkFlow[] = [
  { direction: "in", peer: "own", why: "its pods ask each other" },
  { direction: "out", peer: "own", why: "its pods ask each other" },
];

function peerOf(peer: NetworkFlow["peer"]): Peer[] | undefined {
  if (peer === "anyone") return undefined;
  if (peer === "own") return [{ podSelector: {} }];
  if (peer === "pods") return [{ namespaceSelector: {} }];
  return [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": peer.namespace } } }];
}

function portsOf({ ports, protocols = ["TCP"] }: NetworkFlow) {
  return ports?.flatMap((port) => protocols.map((protocol) => ({ port, protocol })));
}

/**
 * A namespace's policy (pure): its pods are asked by nobody and ask nobody, save for the flows. Probes of the kubelet, and pods that use
 * their host's network, aren't touched by policies at all.
 */
export function networkPolicySpec(flows: readonly NetworkFlow[]): NetworkPolicySpec {
  const of = (direction: NetworkFlow["direction"]) => flows.filter((flow) => flow.direction === direction);
  const ingress = of("in").map((flow) => ({ from: peerOf(flow.peer), ports: portsOf(flow) }));
  const egress = of("out").map((flow) => ({ to: peerOf(flow.peer), ports: portsOf(flow) }));
  return {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    // The API server leaves an empty list out, and each `up` would put it back.
    ...(ingress.length === 0 ? {} : { ingress }),
    ...(egress.length === 0 ? {} : { egress }),
  };
}

const webhook = (what: string): NetworkFlow => ({
  ...{ direction: "in", peer: "anyone", ports: [9443] },
  why: `the API server asks whether ${what} are well formed`,
});

/** What the platform's namespaces need, by their names. */
export const platformFlows = {
  "metallb-system": [askDns, askApi, webhook("address pools")],
  "local-path-storage": [askDns, askApi],
  "csi-driver-nfs": [
    askDns,
    askApi,
    { direction: "out", peer: "anyone", ports: [2049], why: "the NFS server is asked" },
  ],
  "cnpg-system": [
    ...amongOwn,
    askDns,
    askApi,
    webhook("databases"),
    { direction: "out", peer: "pods", why: "the operator asks its databases' instances" },
  ],
  pebble: [
    askDns,
    { direction: "in", peer: "pods", ports: [14000, 15000], why: "certificates are asked for" },
    { direction: "out", peer: "pods", why: "it looks whether a name leads to who asks" },
  ],
  traefik: [
    askDns,
    askApi,
    { direction: "in", peer: "anyone", ports: [8000, 8443], why: "people ask for applications" },
    { direction: "out", peer: "pods", why: "requests are passed on to applications, and certificates asked of Pebble" },
  ],
} as const satisfies Readonly<Record<string, readonly NetworkFlow[]>>;

/** Where certificates come from an authority outside, or are proved by a DNS provider, whose ports are their own. */
export const askAuthorities: NetworkFlow = {
  ...{ direction: "out", peer: "anyone" },
  why: "authorities and DNS providers outside are asked, each at ports of its own",
};
