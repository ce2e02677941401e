import ssh2 from "ssh2";
import { parse } from "yaml";
import type { Instance } from "./cloud/cloud.ts";
import { instanceFromInside, instanceFromOutside } from "./cloud/reachability.ts";
import { type Machine, newMachine } from "./machine.ts";
import { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

/** How a connection is to be made; the official provider's arguments, with its defaults. */
export interface Dial {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey: string;
  readonly hostKey: string;
}

/** The public half of a private key, as in authorized_keys: its body alone. @throws Refusal if it can't be read */
export function publicKeyBody(privateKey: string): string {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw new Refusal(`ssh: ${key.message}`);
  const one = Array.isArray(key) ? key[0] : key;
  if (one === undefined) throw new Refusal("ssh: no key found");
  return one.getPublicSSH().toString("base64");
}

interface CloudInit {
  readonly users?: readonly (
    | string
    | { readonly name?: string; readonly ssh_authorized_keys?: readonly string[]; readonly sudo?: unknown }
  )[];
  readonly ssh_keys?: { readonly ed25519_private?: string };
}

const keyBody = (line: string): string => line.trim().split(/\s+/)[1] ?? "";

/** The computer in an instance: its users and host key are what cloud-init was told. */
export function machineOfInstance(world: World, instance: Instance): Machine {
  const known = world.instances.get(instance.id);
  if (known !== undefined) return known;
  const init: CloudInit | null = instance.userData.startsWith("#cloud-config") ? parse(instance.userData) : null;
  const users = (init?.users ?? []).filter((user) => typeof user === "object");
  const hostPrivate = init?.ssh_keys?.ed25519_private;
  const machine = newMachine({
    name: instance.name,
    hostKey: hostPrivate === undefined ? "" : `ssh-ed25519 ${publicKeyBody(hostPrivate)}`,
    authorizedKeys: new Set(users.flatMap((user) => user.ssh_authorized_keys ?? []).map(keyBody)),
    users: new Set(users.flatMap((user) => (user.name === undefined ? [] : [user.name]))),
    memoryCgroup: true,
  });
  world.instances.set(instance.id, machine);
  return machine;
}

function logIn(machine: Machine, dial: Dial): void {
  const shown = `${dial.host}:${dial.port}`;
  if (keyBody(dial.hostKey) !== keyBody(machine.hostKey))
    throw new Refusal(`ssh: handshake failed: ssh: host key mismatch (${shown})`);
  if (!machine.users.has(dial.user) || !machine.authorizedKeys.has(publicKeyBody(dial.privateKey)))
    throw new Refusal(
      `ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain (${dial.user}@${shown})`,
    );
}

function unreachable(dial: Dial): Refusal {
  return new Refusal(`after 10 failed attempts: dial tcp ${dial.host}:${dial.port}: i/o timeout`);
}

/** Logs in to a machine, through a bastion if there is one. @throws Refusal as the official provider would */
export function connect(world: World, dial: Dial, proxy: Dial | undefined): Machine {
  if (proxy === undefined) {
    const given = world.machines.get(`${dial.host}:${dial.port}`);
    const instance = instanceFromOutside(world.cloud, dial.host, dial.port);
    const machine = given ?? (instance === undefined ? undefined : machineOfInstance(world, instance));
    if (machine === undefined) throw unreachable(dial);
    logIn(machine, dial);
    return machine;
  }
  const bastion = instanceFromOutside(world.cloud, proxy.host, proxy.port);
  if (bastion === undefined) throw new Refusal(`proxy: ${unreachable(proxy).message}`);
  logIn(machineOfInstance(world, bastion), proxy);
  const instance = instanceFromInside(world.cloud, bastion, dial.host, dial.port);
  if (instance === undefined) throw unreachable(dial);
  const machine = machineOfInstance(world, instance);
  logIn(machine, dial);
  return machine;
}
