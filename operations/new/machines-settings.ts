import { type Deployment, deploymentEntries } from "./cluster-settings.ts";
import { commentedYaml, type Entry, entry } from "./commented-yaml.ts";
import type { NamedMachine } from "./machine-roles.ts";

/** All that a new stack file of machines says. */
export interface MachinesPlan {
  readonly stack: string;
  readonly machines: readonly NamedMachine[];
  /** The network that the nodes talk on, and each machine's address in it, in their order. */
  readonly network: { readonly cidr: string; readonly addresses: readonly string[] };
  /** The network's range isn't a private one, and is used all the same. */
  readonly isPublicRange: boolean;
  readonly dhcpRange?: string;
  readonly apiAddress?: string;
  readonly pool?: string;
  readonly user: string;
  readonly deployment: Deployment;
}

const schemaLine = "yaml-language-server: $schema=./components/settings/settings.schema.json";

/** The comment at the top of a new stack file (pure). */
export function headerOf(stack: string, what: string): string {
  return [
    schemaLine,
    "",
    `${what}`,
    `Written by \`./grappe new ${stack}\`, and yours to change: an editor that knows YAML schemas completes the keys.`,
    "",
    `  ./grappe rehearse ${stack}   what these settings would build, touching nothing`,
    `  ./grappe up ${stack}         make it so`,
  ].join("\n");
}

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

function describe({ machines, deployment }: MachinesPlan): string {
  const servers = machines.filter(({ role }) => role === "server").length;
  const agents = machines.length - servers;
  const shape = [plural(servers, "server"), ...(agents === 0 ? [] : [plural(agents, "agent")])].join(" and ");
  return `${plural(machines.length, "machine")}: ${shape}, ${deployment.cluster.distribution}.`;
}

/** The text of `Pulumi.<stack>.yaml` for machines, without its secrets (pure). */
export function machinesStackFile(plan: MachinesPlan): string {
  return commentedYaml(headerOf(plan.stack, describe(plan)), [
    ...entry("config", [...entry("grappe:site", siteEntries(plan)), ...deploymentEntries(plan.deployment)]),
  ]);
}

function siteEntries(plan: MachinesPlan): readonly Entry[] {
  const { machines, network, dhcpRange, apiAddress, pool } = plan;
  const isContainer = machines.some(({ machine }) => machine.facts.container);
  return [
    ...entry("kind", "machines"),
    ...(isContainer
      ? entry("environment", "container", "The machines are containers: no kernel modules, swap or clock of their own.")
      : []),
    ...entry(
      "network",
      network.cidr,
      "The network on which the machines talk to each other. Their addresses must stay.",
    ),
    ...(plan.isPublicRange
      ? entry("publicRange", true, "A public range, used privately: who owns it on the internet can't be reached.")
      : []),
    ...entry("dhcpRange", dhcpRange, "What the network's DHCP server gives out: nothing of ours may lie in it."),
    ...entry(
      "loadBalancerPool",
      pool === undefined ? undefined : [pool],
      "One of these becomes the address of each Service of type LoadBalancer. Nothing answered at them when this was written.",
    ),
    ...entry(
      "apiAddress",
      apiAddress,
      "Held by keepalived on whichever server lives, so that one server can become three without a new address.",
    ),
    ...entry("user", plan.user, "Logs in over SSH, and becomes root without a password."),
    ...entry(
      "hosts",
      machines.map((each, index) => hostEntries(each, network.addresses[index])),
      "Servers: Kubernetes' control plane and etcd, on an SSD. Agents: applications only. A machine is known by its host key:\n" +
        "another one that answers at its address gets nothing of ours.",
      true,
    ),
  ];
}

const gibibytes = (mebibytes: number) => (mebibytes / 1024).toFixed(mebibytes < 10_240 ? 1 : 0);

/** What a machine is, in one line (pure). */
export function describeMachine({ facts }: NamedMachine["machine"]): string {
  const disk = facts.disk === "sd-card" ? " on an SD card" : "";
  const what = facts.raspberryPi ? `${facts.operatingSystem} on a Raspberry Pi` : facts.operatingSystem;
  return `${what}, ${facts.architecture}, ${gibibytes(facts.memoryMebibytes)} GiB of memory, ${gibibytes(facts.freeDiskMebibytes)} GiB free${disk}`;
}

function hostEntries({ machine, name, role }: NamedMachine, privateAddress: string | undefined): readonly Entry[] {
  const { address, port, hostKey, fingerprint, facts } = machine;
  return [
    ...entry("name", name, describeMachine(machine)),
    ...entry("role", role),
    ...entry("address", address),
    ...entry("port", port === 22 ? undefined : port),
    ...entry("privateAddress", privateAddress === address ? undefined : privateAddress),
    ...entry("architecture", facts.architecture),
    ...entry("hostKey", hostKey, fingerprint),
  ];
}
