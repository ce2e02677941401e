import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterSettings } from "../../settings/schema/cluster.ts";
import type { SiteProxy } from "../../settings/site-proxy.ts";
import { answerOf, readAnswer } from "../answer.ts";
import type { Host } from "../host.ts";
import { listenerValues } from "../local-network/local-network.ts";
import { proxyTrial } from "../proxy.ts";
import { runApart } from "../run-over-ssh/run-apart.ts";
import { loadScript } from "../script.ts";
import { runOnHost } from "../step.ts";
import { type FoundMachine, indistinctMachines } from "./distinct-machines.ts";
import { type HostFacts, hostFactsAnswer, hostFactsForm } from "./host-facts.ts";

const script = loadScript(import.meta.url, "./preflight.sh");

export interface PreflightArgs {
  readonly host: Host;
  readonly etcdDisk: ClusterSettings["etcdDisk"];
  /** TCP ports that Kubernetes will listen on; refused where a stranger holds one. */
  readonly ports: readonly number[];
  /** Packages of the distribution that it will get; refused where that would remove others. */
  readonly packages: readonly string[];
  /** Of a bundle's images; none where registries give them. */
  readonly imageArchives: readonly ImageArchive[];
  /** Tried. Default: none. */
  readonly proxy?: SiteProxy | undefined;
  /** Where the host will load from; the proxy is tried with the first that is reached by it. */
  readonly origins?: readonly string[];
}

/** A file with images on its way to a host. */
export interface ImageArchive {
  /** Where it will lie on the host. */
  readonly file: string;
  readonly bytes: number;
}

export interface Preflight {
  readonly host: Host;
  readonly step: remote.Command;
  readonly facts: pulumi.Output<HostFacts>;
  /** Looks at the host once more, apart from the graph. */
  readonly lookAgain: () => Promise<HostFacts>;
}

/** What preflight is to find of a host. */
type PlannedHost = Pick<Host, "name" | "role" | "environment" | "architecture" | "privateAddress" | "subnet">;

/** The values for `preflight.sh`. */
export function preflightValues({
  host,
  etcdDisk,
  ports,
  packages,
  imageArchives,
}: Omit<PreflightArgs, "host"> & { readonly host: PlannedHost }): Record<string, string> {
  return {
    name: host.name,
    role: host.role,
    environment: host.environment,
    architecture: host.architecture,
    privateAddress: host.privateAddress,
    subnet: host.subnet,
    ports: ports.join(" "),
    ...listenerValues(host.role),
    packages: packages.toSorted().join(" "),
    imageArchives: imageArchives.map(({ file, bytes }) => `${bytes} ${file}`).join("\n"),
    maxFdatasyncMilliseconds: String(etcdDisk.maxFdatasyncMilliseconds),
    allowSlowDisk: etcdDisk.allowSlow ? "yes" : "no",
  };
}

const deadlineSeconds = 420;

/**
 * Looks at a host without changing it and refuses it with all findings in one report: what is wrong, why it matters, how to
 * mend it. The first step on every host.
 */
export function preflight(name: string, args: PreflightArgs, opts: pulumi.CustomResourceOptions): Preflight {
  const { host } = args;
  const values = preflightValues(args);
  const trial = proxyTrial(args.proxy, args.origins ?? []);
  const given = args.proxy?.user === undefined ? { values: { ...values, ...trial } } : { values, secrets: trial };
  const step = runOnHost(name, { host, script, ...given, deadlineSeconds, answer: hostFactsForm }, opts);
  const at = { host: host.name, step: name };
  const facts = answerOf(step, at, hostFactsAnswer);
  facts.apply(({ warnings }) => {
    for (const warning of warnings) pulumi.log.warn(`${host.name}: ${warning}`, step);
  });
  const lookAgain = async () => {
    // Its network was looked at; which machine it is hangs on no proxy.
    const run = { name: `${name}-again`, script, values, deadlineSeconds, detached: false, answer: hostFactsForm };
    return readAnswer(at, await runApart(host, run), hostFactsAnswer);
  };
  return { host, step, facts, lookAgain };
}

const foundMachine = ({ host }: Preflight, { machineId, hostname }: HostFacts): FoundMachine => ({
  name: host.name,
  machineId,
  hostname,
});

/**
 * Reads which machines the hosts turned out to be. What is refused may be known from an earlier run and be mended since, and a
 * resource that succeeded isn't made again: those hosts are looked at once more first.
 *
 * @throws RunError with all reasons if they aren't machines of their own
 */
async function distinct(preflights: readonly Preflight[], facts: readonly HostFacts[]): Promise<FoundMachine[]> {
  const known = preflights.flatMap((each, index) => {
    const found = facts[index];
    return found === undefined ? [] : [foundMachine(each, found)];
  });
  const doubted = new Set(indistinctMachines(known).flatMap(({ hosts }) => hosts));
  if (doubted.size === 0) return known;
  const seen = await Promise.all(
    preflights
      .filter(({ host }) => doubted.has(host.name))
      .map(async (each) => foundMachine(each, await each.lookAgain())),
  );
  const machines = known.map((machine) => seen.find(({ name }) => name === machine.name) ?? machine);
  const problems = indistinctMachines(machines).map(({ problem }) => problem);
  if (problems.length > 0)
    throw new pulumi.RunError(`The hosts are not distinct machines:\n  ${problems.join("\n  ")}`);
  return machines;
}

const foundMachines = (preflights: readonly Preflight[]): pulumi.Output<FoundMachine[]> =>
  pulumi.all(preflights.map(({ facts }) => facts)).apply((facts) => distinct(preflights, facts));

/**
 * Stands once all hosts passed and proved to be machines of their own. It keeps in the state which machine each host is; what
 * waits for all hosts depends on this one resource, as edges from every host to every other grow with their square.
 */
export function distinctMachines(
  name: string,
  preflights: readonly Preflight[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Stash {
  return new pulumi.Stash(name, { input: foundMachines(preflights) }, opts);
}

/** Like `distinctMachines` for a few hosts, without a resource of its own: to be given as `dependsOn`. */
export function distinctAmong(preflights: readonly Preflight[]): pulumi.Output<pulumi.Resource[]> {
  return foundMachines(preflights).apply(() => preflights.map(({ step }) => step));
}
