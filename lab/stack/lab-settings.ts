import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import type { PartName } from "../../components/settings/part-names.ts";
import { wantedParts } from "../../components/settings/parts.ts";
import { apps } from "../../components/settings/schema/apps.ts";
import { platform } from "../../components/settings/schema/platform.ts";
import { serviceAddresses } from "../hardware/addresses.ts";
import type { Lab, LabHost } from "../hardware/hosts.ts";

/** How many hosts a lab has. */
export interface LabSize {
  readonly servers: number;
  readonly agents: number;
}

/** Names of a lab's hosts (pure), servers first: the order in which they get their addresses. */
export function hostNames({ servers, agents }: LabSize): readonly string[] {
  const name = (role: string) => (_: unknown, index: number) => `${role}-${index + 1}`;
  return [...Array.from({ length: servers }, name("server")), ...Array.from({ length: agents }, name("agent"))];
}

/** What the hosts of a lab are: containers with this computer's kernel, or machines with kernels of their own. */
export type MachineKind = "container" | "own-kernel";

/**
 * Memory, in MiB, of a lab's machines (pure), by name: what preflight asks of a server, what the small applications take on an agent,
 * and what an instance of each, Odoo and its database, takes beside all else on any of them.
 */
export function ownKernels(size: LabSize, small: boolean): Readonly<Record<string, number>> {
  const memoryOf = (name: string): number => (name.startsWith("server-") ? 2048 : 1536);
  return Object.fromEntries(hostNames(size).map((name) => [name, small ? memoryOf(name) : 3584]));
}

const plainObject = z.record(z.string(), z.unknown());
const machine = z.looseObject({ name: z.string() });
const site = z.looseObject({ hosts: z.array(machine) });
const database = z.looseObject({ instances: z.number().optional() });

/** The configuration of a stack file: `grappe:site` and so on, to plain values. */
export type Configuration = Readonly<Record<string, unknown>>;

function parse<Schema extends z.ZodType>(schema: Schema, key: string, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new RunError(
      `Pulumi.lab.yaml: ${key} is not what the lab fills in: ${z.prettifyError(parsed.error)}\nFix: git restore Pulumi.lab.yaml`,
    );
  return parsed.data;
}

/** The points of presence that the edge application is moved between; agents, or servers without agents, take them in turn. */
const pointsOfPresence = ["space_1", "space_2"];

function hostSettings(host: LabHost, committed: Readonly<Record<string, unknown>>, workers: readonly string[]) {
  const isServer = host.name.startsWith("server-");
  const turn = workers.indexOf(host.name);
  const labels = turn < 0 ? {} : { PoP: pointsOfPresence[turn % pointsOfPresence.length] };
  return {
    labels,
    ...committed,
    name: host.name,
    ...(host.hasOwnKernel ? { environment: "hardware" } : {}),
    role: isServer ? "server" : "agent",
    address: host.adminAddress,
    privateAddress: host.clusterAddress,
    hostKey: host.hostKey,
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
  };
}

/**
 * The settings of a small lab (pure): Kubernetes with the two small applications at ports of the nodes, nothing that takes a chart
 * or an image of somebody else.
 */
export function smallLab(configuration: Configuration): Configuration {
  const committed = parse(plainObject, "grappe:apps", configuration["grappe:apps"]);
  const at = (name: "calculator" | "edge", port: number) => ({
    [name]: { ...parse(plainObject, `grappe:apps.${name}`, committed[name]), expose: { by: "nodePort", port } },
  });
  return {
    ...configuration,
    "grappe:platform": { loadBalancer: "none" },
    "grappe:apps": { ...at("calculator", 30500), ...at("edge", 30600) },
  };
}

/**
 * The settings for as many hosts (pure): a database of more instances than there are hosts would wait for ever, as each is on a
 * host of its own; it has one then.
 */
export function forSize(configuration: Configuration, { servers, agents }: LabSize): Configuration {
  const committed = parse(plainObject, "grappe:apps", configuration["grappe:apps"]);
  const fitted = Object.entries(committed).map(([name, written]) => {
    const path = `grappe:apps.${name}`;
    const app = parse(plainObject, path, written);
    if (app.postgres === undefined) return [name, written] as const;
    const { instances = 1, ...postgres } = parse(database, `${path}.postgres`, app.postgres);
    const fitting = instances <= servers + agents ? instances : 1;
    return [name, { ...app, postgres: { ...postgres, instances: fitting } }] as const;
  });
  return { ...configuration, "grappe:apps": Object.fromEntries(fitted) };
}

/** The parts of platform and applications (pure) that a stack of these settings takes out of a bundle. */
export function partsOf(configuration: Configuration): readonly PartName[] {
  const at = (key: string) => configuration[key] ?? {};
  return [...wantedParts({ platform: platform.parse(at("grappe:platform")), apps: apps.parse(at("grappe:apps")) })];
}

export interface LabRun {
  readonly lab: Lab;
  /** Names of the hosts that the stack has, servers first; the lab may have others. */
  readonly hosts: readonly string[];
  /** Folder of the bundle. */
  readonly bundle: string;
}

/**
 * Fills (pure) what only a run knows into the committed settings of the lab's stack: addresses, host keys, the bundle. What
 * the committed file says about a host of the same name, such as labels, stays.
 */
export function fillSettings(committed: Configuration, { lab, hosts, bundle }: LabRun): Configuration {
  const committedSite = parse(site, "grappe:site", committed["grappe:site"]);
  const known = new Map(committedSite.hosts.map((entry) => [entry.name, entry]));
  const agents = hosts.filter((name) => !name.startsWith("server-"));
  const workers = agents.length > 0 ? agents : hosts;
  const machines = hosts.map((name) => {
    const host = lab.hosts.find((candidate) => candidate.name === name);
    assert(host !== undefined, `The lab has no host ${name}.`);
    const { address: _, privateAddress: __, hostKey: ___, ...kept } = known.get(name) ?? { name };
    return hostSettings(host, kept, workers);
  });
  const { api, pool } = serviceAddresses(lab.networks);
  const isHighlyAvailable = machines.filter(({ role }) => role === "server").length > 1;
  const { apiAddress: _, ...siteSettings } = committedSite;
  return {
    ...committed,
    "grappe:site": {
      ...siteSettings,
      network: lab.networks.cluster.subnet,
      loadBalancerPool: [pool],
      ...(isHighlyAvailable ? { apiAddress: api } : {}),
      user: lab.user,
      hosts: machines,
    },
    "grappe:artifacts": { ...parse(plainObject, "grappe:artifacts", committed["grappe:artifacts"] ?? {}), bundle },
  };
}
