import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterSettings } from "../../settings/schema/cluster.ts";
import type { Host } from "../host.ts";
import { loadScript } from "../script.ts";
import { runOnHost } from "../step.ts";
import { type FoundMachine, indistinctMachines } from "./distinct-machines.ts";
import { type HostFacts, parseHostFacts } from "./host-facts.ts";

const script = loadScript(import.meta.url, "./preflight.sh");

export interface PreflightArgs {
  readonly host: Host;
  readonly etcdDisk: ClusterSettings["etcdDisk"];
  /** TCP ports that Kubernetes will listen on; refused where a stranger holds one. */
  readonly ports: readonly number[];
}

export interface Preflight {
  readonly host: Host;
  readonly step: remote.Command;
  readonly facts: pulumi.Output<HostFacts>;
}

/** The values for `preflight.sh`. */
export function preflightValues({ host, etcdDisk, ports }: PreflightArgs): Record<string, string> {
  return {
    name: host.name,
    role: host.role,
    environment: host.environment,
    architecture: host.architecture,
    privateAddress: host.privateAddress,
    subnet: host.subnet,
    ports: ports.join(" "),
    maxFdatasyncMilliseconds: String(etcdDisk.maxFdatasyncMilliseconds),
    allowSlowDisk: etcdDisk.allowSlow ? "yes" : "no",
  };
}

/**
 * Looks at a host without changing it and refuses it with all findings in one report: what is wrong, why it matters, how to
 * mend it. The first step on every host.
 */
export function preflight(name: string, args: PreflightArgs, opts: pulumi.CustomResourceOptions): Preflight {
  const step = runOnHost(name, { host: args.host, script, values: preflightValues(args), deadlineSeconds: 420 }, opts);
  const facts = step.stdout.apply(parseHostFacts);
  facts.apply(({ warnings }) => {
    for (const warning of warnings) pulumi.log.warn(`${args.host.name}: ${warning}`, step);
  });
  return { host: args.host, step, facts };
}

/** Reads which machines the hosts turned out to be; rejects with one error if they aren't machines of their own. */
function foundMachines(preflights: readonly Preflight[]): pulumi.Output<FoundMachine[]> {
  return pulumi.all(preflights.map(({ facts }) => facts)).apply((all) => {
    const machines = all.flatMap(({ machineId, hostname }, index) => {
      const name = preflights[index]?.host.name;
      return name === undefined ? [] : [{ name, machineId, hostname }];
    });
    const problems = indistinctMachines(machines);
    if (problems.length > 0)
      throw new pulumi.RunError(`The hosts are not distinct machines:\n  ${problems.join("\n  ")}`);
    return machines;
  });
}

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
