import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { NodePort } from "../../settings/node-port.ts";
import { possibleNodePorts } from "../../settings/node-ports.ts";
import type { Host } from "../host.ts";
import { loadScript } from "../script.ts";
import { runOnHost } from "../step.ts";

const script = loadScript(import.meta.url, "./local-network.sh");

/** An address that the cluster will take, and the setting that names it. */
export interface VirtualAddress {
  readonly setting: string;
  readonly address: string;
}

/** A port that can be tried; what goes by any protocol can't. */
interface TriedPort {
  readonly to: NodePort["to"];
  readonly from: NodePort["from"];
  readonly protocol: string;
  readonly port: number;
  readonly why: string;
}

function triedPorts(ports: readonly NodePort[]): readonly TriedPort[] {
  return ports.flatMap(({ ports: range = [0, 0], ...port }) => {
    if (port.protocol === "any") return [];
    const [first, last] = range;
    return Array.from({ length: last - first + 1 }, (_, index) => ({ ...port, port: first + index }));
  });
}

const nameOf = ({ protocol, port }: TriedPort) => `${protocol}:${port}`;

/** What preflight lets a host listen at, so that the others can try it (pure). */
export function listenerValues(role: Host["role"]): Record<string, string> {
  const tried = triedPorts(possibleNodePorts);
  const held = tried.filter(({ to }) => to === "nodes" || role === "server");
  return {
    heldPorts: held.map(nameOf).join(","),
    knownPorts: tried.map(nameOf).join(","),
  };
}

/** A host, as far as its ports are tried. */
export type TriedHost = Pick<Host, "name" | "role" | "privateAddress" | "subnet"> & { readonly sshPort: number };

/** What `try-ports.pl` reads (pure). */
export function renderPlan(hosts: readonly TriedHost[], ports: readonly NodePort[]): string {
  return [
    ...hosts.map((host) => `host ${host.name} ${host.role} ${host.privateAddress} ${host.subnet} ${host.sshPort}`),
    ...triedPorts(ports).map((port) => `port ${port.to} ${port.from} ${port.protocol} ${port.port} ${port.why}`),
  ].join("\n");
}

export interface LocalNetworkArgs {
  /** The host that looks. */
  readonly gate: Host;
  readonly hosts: readonly Host[];
  readonly ports: readonly NodePort[];
  /** Asked by ARP before they are taken. */
  readonly virtualAddresses: readonly VirtualAddress[];
}

/**
 * Looks at the network between the hosts: tries, from one host, what the others' firewalls let in, and lets them try the servers: as many connections as there are hosts, not
 * their square. Preflight left something on each that listens; what is a node already is left alone. And asks
 * who holds the addresses that the cluster will take.
 */
export function localNetwork(
  name: string,
  { gate, hosts, ports, virtualAddresses }: LocalNetworkArgs,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  const plan = pulumi.all(hosts.map(({ connection }) => pulumi.output(connection.port))).apply((sshPorts) =>
    renderPlan(
      hosts.map((host, index) => ({ ...host, sshPort: sshPorts[index] ?? 22 })),
      ports,
    ),
  );
  return runOnHost(
    name,
    {
      host: gate,
      script,
      values: {
        name: gate.name,
        privateAddress: gate.privateAddress,
        plan,
        hostAddresses: hosts.map(({ privateAddress }) => privateAddress).join(" "),
        virtualAddresses: virtualAddresses.map(({ setting, address }) => `${setting} ${address}`).join("\n"),
      },
      deadlineSeconds: 180,
    },
    opts,
  );
}
