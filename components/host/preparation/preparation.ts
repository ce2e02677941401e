import type { remote } from "@pulumi/command";
import type { Output, Resource } from "@pulumi/pulumi";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { NodePort } from "../../settings/node-port.ts";
import type { ClusterSettings } from "../../settings/schema/cluster.ts";
import type { SiteProxy } from "../../settings/site-proxy.ts";
import { answerOf } from "../answer.ts";
import type { Host } from "../host.ts";
import { localNetwork, type VirtualAddress } from "../local-network/local-network.ts";
import type { HostFacts } from "../preflight/host-facts.ts";
import {
  distinctAmong,
  distinctMachines,
  type ImageArchive,
  type Preflight,
  preflight,
} from "../preflight/preflight.ts";
import { proxyFiles } from "../proxy.ts";
import { loadScript } from "../script.ts";
import { runOnHost } from "../step.ts";

const prepareScript = loadScript(import.meta.url, "./prepare.sh");
const rebootScript = loadScript(import.meta.url, "./reboot.sh");
const awaitRebootScript = loadScript(import.meta.url, "./await-reboot.sh");

const outcome = z.string().regex(/^(ready|reboot-after \S+)$/, "it says neither `ready` nor `reboot-after`");
const formerBoot = z.string().regex(/^\S+$/, "it is no boot id");

/** What a later room needs of a host before it starts. */
export interface HostNeeds {
  /** Packages of the distribution (Debian, Raspberry Pi OS and Ubuntu name them alike). */
  readonly packages: readonly string[];
  /** TCP ports that it will listen on. */
  readonly ports: readonly number[];
  /** Of a bundle's images, which need room on its disk. Default: there is no bundle. */
  readonly imageArchives?: readonly ImageArchive[];
  /** Kernel modules besides `overlay` and `br_netfilter`, such as `wireguard`. */
  readonly kernelModules?: readonly string[];
  /** Where it loads its programs from, the first of which a proxy is tried with. Default: a bundle has them. */
  readonly origins?: readonly string[];
}

export interface PrepareHostsArgs {
  readonly hosts: readonly Host[];
  readonly etcdDisk: ClusterSettings["etcdDisk"];
  readonly needs: (host: Host) => HostNeeds;
  /** What nodes let in from each other: tried before anything is installed. */
  readonly nodePorts: readonly NodePort[];
  /** Addresses that the cluster will take, and others on the network could hold. */
  readonly virtualAddresses: readonly VirtualAddress[];
  /** How hosts get out. Default: directly. */
  readonly proxy?: SiteProxy | undefined;
}

/** A host that Kubernetes can be put on. */
export interface PreparedHost {
  readonly host: Host;
  /** Secret, as all output of steps is. */
  readonly facts: Output<HostFacts>;
  /** What a step on the host depends on. */
  readonly prepared: Resource;
}

/** Stands once the host is up again, where its preparation said that it must be rebooted. */
function rebooted(host: Host, prepare: remote.Command, opts: pulumi.ResourceOptions): remote.Command {
  const at = (step: string) => ({ host: host.name, step: `${host.name}-${step}` });
  const reboot = runOnHost(
    `${host.name}-reboot`,
    {
      host,
      script: rebootScript,
      values: { outcome: answerOf(prepare, at("prepare"), outcome) },
      deadlineSeconds: 60,
      answer: { pattern: /^(none|[0-9a-f-]{36})$/ },
    },
    pulumi.mergeOptions(opts, { dependsOn: [prepare] }),
  );
  return runOnHost(
    `${host.name}-booted`,
    {
      host,
      script: awaitRebootScript,
      values: { formerBoot: answerOf(reboot, at("reboot"), formerBoot) },
      deadlineSeconds: 300,
    },
    pulumi.mergeOptions(opts, { dependsOn: [reboot] }),
  );
}

function prepareHost(
  { host, step, facts }: Preflight,
  distinct: pulumi.Input<Resource[]>,
  needs: HostNeeds,
  proxy: SiteProxy | undefined,
  opts: pulumi.ResourceOptions,
): PreparedHost {
  const files = proxyFiles(proxy);
  const values = {
    name: host.name,
    environment: host.environment,
    privateAddress: host.privateAddress,
    packages: [...needs.packages].toSorted().join(" "),
    kernelModules: ["overlay", "br_netfilter", ...(needs.kernelModules ?? [])].join(" "),
  };
  const prepare = runOnHost(
    `${host.name}-prepare`,
    {
      host,
      script: prepareScript,
      ...(proxy?.user === undefined ? { values: { ...values, ...files } } : { values, secrets: files }),
      detached: true,
      deadlineSeconds: 1200,
      answer: { pattern: /^(ready|reboot-after [0-9a-f-]{36})$/ },
    },
    pulumi.mergeOptions(pulumi.mergeOptions(opts, { dependsOn: [step] }), { dependsOn: distinct }),
  );
  if (host.environment === "container") return { host, facts, prepared: prepare };
  return { host, facts, prepared: rebooted(host, prepare, opts) };
}

/**
 * Takes hosts from what they are to what Kubernetes needs: checked (all findings at once), named, with packages, kernel
 * modules and settings, swap off for good, the clock set; rebooted where, and only where, the kernel's command line changed.
 */
export function prepareHosts(args: PrepareHostsArgs, opts: pulumi.ResourceOptions): PreparedHost[] {
  const preflights = args.hosts.map((host) =>
    preflight(
      `${host.name}-preflight`,
      {
        host,
        etcdDisk: args.etcdDisk,
        ports: args.needs(host).ports,
        packages: args.needs(host).packages,
        imageArchives: args.needs(host).imageArchives ?? [],
        proxy: args.proxy,
        origins: args.needs(host).origins ?? [],
      },
      opts,
    ),
  );
  const machines = distinctMachines("machines", preflights, opts);
  const looked = lookBetween(args, machines, opts);
  const areMadeAtOnce = args.hosts.every(({ inTurn }) => inTurn !== true);
  return preflights.map((passed, index) => {
    const { host } = passed;
    // A server that stands must not wait for those that are replaced only after it.
    const present = preflights.filter(
      (other, place) => other.host.role === "server" && (place <= index || other.host.inTurn !== true),
    );
    const distinct = areMadeAtOnce || host.role === "agent" ? [looked] : distinctAmong(present);
    return prepareHost(passed, distinct, args.needs(host), args.proxy, opts);
  });
}

/** A machine alone has nobody to try it with. */
function lookBetween(
  { hosts, nodePorts: ports, virtualAddresses }: PrepareHostsArgs,
  machines: pulumi.Resource,
  opts: pulumi.ResourceOptions,
): pulumi.Resource {
  const [gate, ...others] = hosts;
  if (gate === undefined || (others.length === 0 && virtualAddresses.length === 0)) return machines;
  return localNetwork(
    "local-network",
    { gate, hosts, ports, virtualAddresses },
    pulumi.mergeOptions(opts, { dependsOn: [machines] }),
  );
}
