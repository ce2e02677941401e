import type { Output } from "@pulumi/pulumi";
import type { Product } from "./products/product-list.ts";
import type { AppsSettings } from "./schema/apps.ts";
import type { ArtifactsSettings } from "./schema/artifacts.ts";
import type { ClusterSettings } from "./schema/cluster.ts";
import type { MachinesSite } from "./schema/machines-site.ts";
import type { Labels, Taint } from "./schema/node.ts";
import type { OpenstackSite } from "./schema/openstack-site.ts";
import type { PlatformSettings } from "./schema/platform.ts";
import type { Architecture } from "./schema/primitives.ts";
import type { SecretName } from "./schema/secrets.ts";

/** A host as the settings plan it: everything about it that is known before it exists. */
export interface HostPlan {
  readonly name: string;
  readonly role: "server" | "agent";
  /** Its address in `subnet`, by which nodes know each other. */
  readonly privateAddress: string;
  /** The declared subnet (CIDR) that `privateAddress` lies in; node IP and interface follow from it. */
  readonly subnet: string;
  /** Its pods' subnet (CIDR), from the allocator; stable when other hosts come and go. */
  readonly podSubnet: string;
  readonly architecture: Architecture;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  readonly failureDomain?: string;
}

/** All that a stack's settings say, checked and with defaults; nothing after `settings` reads configuration. */
export interface Settings {
  readonly stack: string;
  readonly site: MachinesSite | OpenstackSite;
  readonly cluster: ClusterSettings;
  readonly platform: PlatformSettings;
  readonly apps: AppsSettings;
  readonly artifacts: ArtifactsSettings;
  /** Servers first, in the order in which they join. */
  readonly hosts: readonly HostPlan[];
  /** Address of the Kubernetes API: the virtual one, or the only server's. */
  readonly apiAddress: string;
  /** Of each point of sale's list, by application. */
  readonly products: Readonly<Record<string, readonly Product[]>>;
  readonly secrets: Readonly<Partial<Record<SecretName, Output<string>>>> & { readonly sshPrivateKey: Output<string> };
  /** Encrypted settings that applications are given, by name. */
  readonly applicationSecrets: Readonly<Record<string, Output<string>>>;
  /** Socket of the SSH agent of whoever runs the program, from SSH_AUTH_SOCK. */
  readonly sshAgentSocket?: string;
  /** The public half of `sshPrivateKey`, in OpenSSH's one-line form. */
  readonly sshPublicKey: string;
}
