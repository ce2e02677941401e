import { RunError } from "@pulumi/pulumi/errors.js";
import { parseAddressList, sshAddressText } from "../host-keys/address-list.ts";
import type { Machine } from "./machine-facts.ts";
import { suitsServer } from "./machine-problems.ts";

/** A machine with its name and role in the cluster. */
export interface NamedMachine {
  readonly machine: Machine;
  readonly name: string;
  readonly role: "server" | "agent";
}

/** How many servers machines are proposed to have (pure): three survive the loss of one; two of two machines survive none. */
export function proposeServerCount(machines: readonly Machine[]): 1 | 3 {
  return machines.filter(suitsServer).length >= 3 ? 3 : 1;
}

/** Names that images come with, which say nothing of the machine. */
const imagesNames = /^(localhost|raspberrypi|debian|ubuntu|host|node|server|agent)$/;
const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Each machine's own name (pure) where it is one of its own, else its role and a number. */
export function nameMachines(
  machines: readonly { readonly machine: Machine; readonly role: "server" | "agent" }[],
): readonly NamedMachine[] {
  const own = machines.map(({ machine }) => machine.facts.hostname.split(".")[0]?.toLowerCase() ?? "");
  const isOwn = (name: string) =>
    dnsLabel.test(name) && !imagesNames.test(name) && own.filter((other) => other === name).length === 1;
  const taken = new Set(own);
  const numbered = (role: string) => {
    for (let number = 1; ; number += 1) {
      const name = `${role}-${number}`;
      if (taken.has(name)) continue;
      taken.add(name);
      return name;
    }
  };
  return machines.map((each, index) => {
    const name = own[index] ?? "";
    return { ...each, name: isOwn(name) ? name : numbered(each.role) };
  });
}

/**
 * Which machines are servers (pure): the given ones, or the first of those that suit best.
 *
 * @param wanted a number, or addresses as in a list of machines
 * @throws RunError in one sentence with the fix
 */
export function chooseServers(machines: readonly Machine[], wanted: string): readonly NamedMachine[] {
  const servers = /^\d+$/.test(wanted.trim())
    ? firstServers(machines, Number(wanted))
    : listedServers(machines, wanted);
  if (servers.size % 2 === 0 || servers.size > 7)
    throw new RunError(`${servers.size} servers: etcd needs a majority of an odd number. Take 1, 3, 5 or 7.`);
  const role = (machine: Machine) => (servers.has(machine) ? ("server" as const) : ("agent" as const));
  return nameMachines(machines.map((machine) => ({ machine, role: role(machine) })));
}

function firstServers(machines: readonly Machine[], count: number): ReadonlySet<Machine> {
  if (count > machines.length)
    throw new RunError(
      `${count} servers, but there are ${machines.length} machines. Name more machines, or take fewer servers.`,
    );
  const best = machines.filter(suitsServer);
  const others = machines.filter((machine) => !best.includes(machine));
  return new Set([...best, ...others.toSorted(byMemory)].slice(0, count));
}

const byMemory = (one: Machine, other: Machine) => other.facts.memoryMebibytes - one.facts.memoryMebibytes;

function listedServers(machines: readonly Machine[], wanted: string): ReadonlySet<Machine> {
  return new Set(
    parseAddressList(wanted).map((server) => {
      const found = machines.find(({ address, port }) => address === server.address && port === server.port);
      if (found === undefined)
        throw new RunError(`The server ${sshAddressText(server)} isn't among the machines. Add it to their addresses.`);
      return found;
    }),
  );
}
