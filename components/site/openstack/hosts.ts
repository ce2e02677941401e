import assert from "node:assert/strict";
import type * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { type Connection, sshConnection } from "../../host/connection.ts";
import type { Host } from "../../host/host.ts";
import { HostScripts } from "../../host/toolkit/host-scripts.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Resizing } from "../site.ts";
import { FloatingAddress } from "./floating-address.ts";
import type { Foundation } from "./foundation.ts";
import { Instance } from "./instance.ts";
import type { ResizeActions } from "./instance-hooks.ts";
import type { InstancePlan } from "./site-plan.ts";

/** A host, and the instance that it is. */
export interface HostInstance {
  readonly host: Host;
  readonly instance: Instance;
}

/** The way in. */
export interface Bastion {
  readonly connection: Connection;
  readonly instance: openstack.compute.Instance;
}

/**
 * Makes the bastion: a small instance with a public address, the way in to all others. It answers only once every route and
 * security rule stands, and so does nothing on a host begin before.
 */
export function makeBastion(foundation: Foundation, settings: Settings): Bastion {
  const { mark, plan, network, routing, securityGroups, opts } = foundation;
  const { site, topology, bastion } = plan;
  const { hostKey, port, instance, identity } = new Instance(
    "bastion",
    {
      ...shared(foundation, settings),
      machine: site.bastion,
      setting: "grappe:site.bastion",
      place: network.place(topology, bastion.subnet),
      address: bastion.address,
      securityGroupIds: [securityGroups.id("bastion")],
      allowedAddresses: [],
      availabilityZone: site.bastion.availabilityZones[0],
    },
    opts,
  );
  const { address } = new FloatingAddress(
    "bastion-public",
    {
      mark,
      pool: foundation.catalogue.externalNetworkName,
      portId: port.id,
      externalInterfaces: routing.externalInterfaces,
      reachableAfter: [instance, ...securityGroups.rules],
    },
    opts,
  );
  const privateKey = settings.secrets.sshPrivateKey;
  // A bastion that isn't there is told before anything waits for it.
  const reached = pulumi.all([address, identity]).apply(([publicAddress]) => publicAddress);
  return { connection: sshConnection({ address: reached, user: site.user, privateKey, hostKey }), instance };
}

/** Makes the instances of all hosts, reached through the bastion. */
export function makeHosts(
  foundation: Foundation,
  settings: Settings,
  bastion: Bastion,
  resizing: Resizing | undefined,
): HostInstance[] {
  const made: HostInstance[] = [];
  for (const planned of foundation.plan.instances) {
    const actions = resizing && resizeActions(resizing, planned.host.name, made);
    const instance = makeInstance(foundation, settings, planned, bastion, actions);
    made.push({ host: hostOf(planned, instance, foundation, settings, bastion), instance });
  }
  return made;
}

/** `made` is read only once an instance is resized, when all hosts are there. */
function resizeActions(resizing: Resizing, name: string, made: readonly HostInstance[]): ResizeActions {
  const resize = () => {
    const hosts = made.map(({ host }) => host);
    const host = hosts.find((candidate) => candidate.name === name);
    assert(host !== undefined, `no host ${name}`);
    return { host, servers: hosts.filter(({ role }) => role === "server") };
  };
  return { before: () => resizing.before(resize()), after: () => resizing.after(resize()) };
}

function makeInstance(
  foundation: Foundation,
  settings: Settings,
  { host, machine, pool, subnet, allowedAddresses }: InstancePlan,
  bastion: Bastion,
  resizing: ResizeActions | undefined,
): Instance {
  const { plan, network, securityGroups, serverGroups, turns, opts } = foundation;
  const wayIn = turns.siteStands ? [bastion.instance] : [];
  const groups = host.role === "server" ? (["nodes", "servers"] as const) : (["nodes"] as const);
  return new Instance(
    host.name,
    {
      ...shared(foundation, settings),
      machine,
      setting: pool === undefined ? "grappe:site.servers" : `grappe:site.agentPools.${pool}`,
      place: network.place(plan.topology, subnet),
      address: host.privateAddress,
      securityGroupIds: groups.map((group) => securityGroups.id(group)),
      allowedAddresses,
      availabilityZone: host.failureDomain,
      serverGroup: pool === undefined ? serverGroups.servers : serverGroups.pools.get(pool),
      resizing,
      turn: turns.before(host.name).then((before) => [...wayIn, ...before]),
    },
    opts,
  );
}

function hostOf(
  { host }: InstancePlan,
  { instance, identity, hostKey }: Instance,
  { plan, turns }: Foundation,
  { secrets }: Settings,
  bastion: Bastion,
): Host {
  const { user, environment } = plan.site;
  const inTurn = turns.isInTurn(host.name);
  const connection = sshConnection({
    address: host.privateAddress,
    user,
    privateKey: secrets.sshPrivateKey,
    hostKey,
    bastion: bastion.connection,
  });
  return {
    ...host,
    connection,
    scripts: new HostScripts({ name: host.name, connection, inTurn }),
    identity,
    environment,
    machine: instance,
    inTurn,
    // The bastion's public address, which the connection waits for, comes after everything else that SSH needs.
    reachableAfter: inTurn ? [] : [instance],
  };
}

/** What all instances have in common. */
function shared({ mark, catalogue, keyPair, plan, routing }: Foundation, { sshPublicKey }: Settings) {
  const { user } = plan.site;
  return { mark, catalogue, keyPair, user, authorizedKey: sshPublicKey, bootsAfter: routing.paths };
}
