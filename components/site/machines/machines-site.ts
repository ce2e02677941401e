import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { hostCleanup } from "../../host/cleanup.ts";
import { sshConnection } from "../../host/connection.ts";
import type { Host } from "../../host/host.ts";
import type { Machine, MachinesSite } from "../../settings/schema/machines-site.ts";
import type { HostPlan, Settings } from "../../settings/settings.ts";
import { hostKeyFingerprint } from "../../settings/ssh-key.ts";
import type { Site } from "../site.ts";

/** What the machines site takes from the settings. */
export type MachinesSiteSettings = Pick<Settings, "hosts" | "apiAddress" | "platform"> & {
  readonly site: MachinesSite;
  readonly secrets: Pick<Settings["secrets"], "sshPrivateKey">;
};

/** Where volumes lie on a host: what outlives the cluster there. */
export function dataDirectories(plan: HostPlan, storage: Settings["platform"]["storage"]): string[] {
  const { local, nfs } = storage;
  return [
    ...(local === undefined ? [] : [local.path]),
    ...(nfs?.kind === "server" && nfs.host === plan.name ? [nfs.path] : []),
  ];
}

function machineHost(
  plan: HostPlan,
  machine: Machine,
  settings: MachinesSiteSettings,
  opts: pulumi.ResourceOptions,
): Host {
  const { site, secrets, platform } = settings;
  const environment = machine.environment ?? site.environment;
  // The settings' rules refuse a machine without a pinned key before anything is registered.
  assert(machine.hostKey !== undefined, `${machine.name} has no host key`);
  const host: Host = {
    ...plan,
    connection: sshConnection({
      address: machine.address,
      port: machine.port,
      user: machine.user ?? site.user,
      privateKey: secrets.sshPrivateKey,
      hostKey: machine.hostKey,
    }),
    identity: pulumi.output(hostKeyFingerprint(machine.hostKey)),
    environment,
    reachableAfter: [],
  };
  const cleanup = hostCleanup(
    `${plan.name}-cleanup`,
    {
      host,
      dataDirectories: dataDirectories(plan, platform.storage),
      // A lab's hosts hold nothing that anybody wants back.
      deleteData: environment === "container",
    },
    opts,
  );
  return { ...host, reachableAfter: [cleanup] };
}

/**
 * Machines that exist already. What is made here is, per machine, the resource that waits until it answers and takes
 * everything of ours off it in the end; a machine is known by its pinned host key.
 */
export function machinesSite(settings: MachinesSiteSettings, opts: pulumi.ResourceOptions = {}): Site {
  const { site } = settings;
  const machines = new Map(site.hosts.map((machine) => [machine.name, machine]));
  const hosts = settings.hosts.map((plan) => {
    const machine = machines.get(plan.name);
    assert(machine !== undefined, `${plan.name} is planned but not among the site's machines`);
    return machineHost(plan, machine, settings, opts);
  });
  return {
    hosts,
    loadBalancerPool: site.loadBalancerPool,
    ...(site.loadBalancerPool.length === 0 ? {} : { loadBalancerSubnet: site.network }),
    apiAddress: settings.apiAddress,
    apiAddressIsVirtual:
      site.apiAddress !== undefined && !settings.hosts.some(({ privateAddress }) => privateAddress === site.apiAddress),
    ...(site.publicAddress === undefined ? {} : { publicAddress: pulumi.output(site.publicAddress) }),
  };
}
