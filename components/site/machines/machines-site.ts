import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { hostCleanup } from "../../host/cleanup.ts";
import { sshConnection } from "../../host/connection.ts";
import type { Host } from "../../host/host.ts";
import { HostScripts } from "../../host/toolkit/host-scripts.ts";
import { addressRange, addressText } from "../../settings/ipv4.ts";
import type { Machine, MachinesSite } from "../../settings/schema/machines-site.ts";
import { settingPath } from "../../settings/setting-path.ts";
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
  const connection = sshConnection({
    address: machine.address,
    port: machine.port,
    user: machine.user ?? site.user,
    privateKey: secrets.sshPrivateKey,
    hostKey: machine.hostKey,
  });
  const host: Host = {
    ...plan,
    connection,
    scripts: new HostScripts({ name: plan.name, connection }),
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

/** Of a large pool as many as a Service each will take for long. */
const askedOfPool = 512;

/** The API's address and the pool's, as the settings name them (pure). */
export function virtualAddresses(site: MachinesSite, apiAddressIsVirtual: boolean): Site["virtualAddresses"] {
  const pool = site.loadBalancerPool.flatMap((range, index) => {
    const { first, last } = addressRange(range);
    const setting = settingPath("site", ["loadBalancerPool", index]);
    return Array.from({ length: Math.min(last - first + 1, askedOfPool) }, (_, at) => ({
      setting,
      address: addressText(first + at),
    }));
  });
  const api =
    apiAddressIsVirtual && site.apiAddress !== undefined
      ? [{ setting: settingPath("site", ["apiAddress"]), address: site.apiAddress }]
      : [];
  return [...api, ...pool.slice(0, askedOfPool)];
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
  const apiAddressIsVirtual =
    site.apiAddress !== undefined && !settings.hosts.some(({ privateAddress }) => privateAddress === site.apiAddress);
  return {
    hosts,
    virtualAddresses: virtualAddresses(site, apiAddressIsVirtual),
    loadBalancerPool: site.loadBalancerPool,
    ...(site.loadBalancerPool.length === 0 ? {} : { loadBalancerSubnet: site.network }),
    apiAddress: settings.apiAddress,
    apiAddressIsVirtual,
    ...(site.publicAddress === undefined ? {} : { publicAddress: pulumi.output(site.publicAddress) }),
  };
}
