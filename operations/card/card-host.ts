import { machineAddress } from "../../components/settings/allocation/machine-address.ts";
import { addressText, isAddress, prefixLength, usableRange } from "../../components/settings/ipv4.ts";
import { isOfSystem } from "../../components/settings/schema/created-user.ts";
import type { Machine, MachinesSite } from "../../components/settings/schema/machines-site.ts";
import { UsageError } from "../errors/usage-error.ts";

/** A host as its card describes it. */
export interface CardHost {
  readonly name: string;
  readonly user: string;
  /** The public key that may log in, in OpenSSH's one-line form. */
  readonly authorizedKey: string;
  /** The fixed address, and its network's prefix length. */
  readonly address: string;
  readonly prefix: number;
  readonly gateway: string;
  readonly nameServers: readonly string[];
}

/** As every release's `useradd` makes them; users that are there already may have others, which the settings allow. */
const newUserName = /^[a-z_][a-z0-9_-]{0,31}$/;

/**
 * What a card says of a host (pure), from checked settings.
 *
 * @throws UsageError for what a card can't give a machine
 */
export function cardHost(site: MachinesSite, machine: Machine, authorizedKey: string): CardHost {
  const { name } = machine;
  const user = machine.user ?? site.user;
  const address = machineAddress(machine);
  const gateway = site.gateway ?? addressText(usableRange(site.network).first);
  const refuse = (key: string, reason: string): never => {
    throw new UsageError(`grappe:site.hosts, ${name}: \`${key}\` ${reason}`);
  };
  if (address === undefined) return refuse("privateAddress", "is missing. Fix: write its fixed address.");
  if (isAddress(machine.address) && machine.address !== address) {
    refuse(
      "privateAddress",
      `is not \`address\`, and a card gives one address. Fix: leave it out, or set ${name} up by hand.`,
    );
  }
  if (machine.port !== 22) refuse("port", `is ${machine.port}; a new machine answers on 22. Fix: leave it out.`);
  if (machine.architecture !== "arm64") refuse("architecture", "is not a Raspberry Pi's. Fix: write arm64.");
  if (!newUserName.test(user)) {
    refuse(
      "user",
      `is ${JSON.stringify(user)}, no name for a user that is to be made. Fix: write up to 32 lower-case letters, digits, - and _.`,
    );
  }
  if (user === "root")
    refuse("user", "is root, which the card locks. Fix: name a user that it may make, such as grappe.");
  if (isOfSystem(user))
    refuse(
      "user",
      `is ${user}, a user or group that the system has itself. Fix: name one that the card may make, such as grappe.`,
    );
  if (gateway === address) {
    refuse(
      "address",
      `is the network's first, taken for the router's. Fix: write the router's own into grappe:site.gateway.`,
    );
  }
  return {
    name,
    user,
    authorizedKey: authorizedKey.trim(),
    address,
    prefix: prefixLength(site.network),
    gateway,
    nameServers: site.nameServers ?? [gateway],
  };
}
