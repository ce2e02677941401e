import { parseAllDocuments } from "yaml";

/** What of a server's configuration of k3s or kubeadm says what the cluster is made with. */
interface ServerConfig {
  readonly "tls-san"?: readonly string[];
  readonly "cluster-cidr"?: string;
  readonly "service-cidr"?: string;
  readonly "flannel-backend"?: string;
  readonly "secrets-encryption"?: boolean;
  readonly kind?: string;
  readonly controlPlaneEndpoint?: string;
  readonly networking?: { readonly podSubnet?: string; readonly serviceSubnet?: string };
  readonly apiServer?: {
    readonly certSANs?: readonly string[];
    readonly extraArgs?: readonly { readonly name: string }[];
  };
}

const documents = (config: string): ServerConfig[] =>
  parseAllDocuments(config).map((document) => document.toJS() ?? {});

/** Names and addresses in the API's certificate. */
export function certificateNames(config: string): string[] {
  return documents(config).flatMap(({ "tls-san": names = [], controlPlaneEndpoint, apiServer }) => {
    const endpoint = controlPlaneEndpoint === undefined ? [] : [controlPlaneEndpoint.replace(/:\d+$/, "")];
    return [...names, ...endpoint, ...(apiServer?.certSANs ?? [])];
  });
}

/**
 * What every server of a cluster must say alike, for as long as it lives. k3s: "critical configuration value mismatch between
 * servers", other backends' pods that aren't reached, Secrets that aren't read; kubeadm: nodes and Services keep their ranges.
 */
export function criticalConfig(config: string): ReadonlyMap<string, string> {
  const found = documents(config).flatMap((one): [string, string | undefined][] => [
    ["cluster-cidr", one["cluster-cidr"]],
    ["service-cidr", one["service-cidr"]],
    ["flannel-backend", one["flannel-backend"]],
    ["secrets-encryption", one["secrets-encryption"]?.toString()],
    ["podSubnet", one.networking?.podSubnet],
    ["serviceSubnet", one.networking?.serviceSubnet],
    ["controlPlaneEndpoint", one.controlPlaneEndpoint],
    ...(one.kind === "ClusterConfiguration" ? [["encryption-provider-config", encrypts(one)] as [string, string]] : []),
  ]);
  return new Map(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

function encrypts({ apiServer }: ServerConfig): string {
  return String(apiServer?.extraArgs?.some(({ name }) => name === "encryption-provider-config") ?? false);
}
