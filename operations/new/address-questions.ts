import { RunError } from "@pulumi/pulumi/errors.js";
import { addressRange, contains, networkRange, type Range, size, usableRange } from "../../components/settings/ipv4.ts";
import { address, addressRange as rangeSchema } from "../../components/settings/schema/primitives.ts";

/** How a question is answered by nothing. */
export const none = "none";

/** A range of addresses (pure), or `none`. @throws RunError in one sentence with the fix */
export function readRange(text: string): string | undefined {
  if (text.trim() === none) return undefined;
  const parsed = rangeSchema.safeParse(text.replaceAll(/\s/g, ""));
  if (parsed.success) return parsed.data;
  throw new RunError(`${text}: ${parsed.error.issues[0]?.message ?? "no range"}; or ${none}.`);
}

/** What a network already holds. */
export interface Held {
  readonly cidr: string;
  readonly machines: readonly string[];
  /** Whatever else answered. */
  readonly taken: readonly string[];
  readonly dhcp?: Range;
}

/** Why addresses can't be ours (pure), with the fix; undefined if they can. */
export function rangeFault(range: Range, { cidr, machines, taken, dhcp }: Held): string | undefined {
  const usable = usableRange(cidr);
  if (range.first < usable.first || range.last > usable.last)
    return `It lies outside of ${cidr}. Choose addresses that machines of this network can have.`;
  const held = [...machines, ...taken].filter((each) => contains(range, each));
  if (held.length > 0)
    return `${held.slice(0, 3).join(", ")}${held.length > 3 ? " and others" : ""} answered: something stands there. Choose addresses that nothing holds.`;
  if (dhcp !== undefined && range.first <= dhcp.last && dhcp.first <= range.last)
    return "The DHCP server gives out some of these. Choose addresses outside of its range.";
  return undefined;
}

/** Addresses for Services (pure), or `none`. @throws RunError in one sentence with the fix */
export function readPool(text: string, held: Held, apiAddress: string | undefined): string | undefined {
  const pool = readRange(text);
  if (pool === undefined) return undefined;
  const range = addressRange(pool);
  const fault = rangeFault(range, held);
  if (fault !== undefined) throw new RunError(`${pool}: ${fault}`);
  if (apiAddress !== undefined && contains(range, apiAddress))
    throw new RunError(`${pool}: ${apiAddress} is the API address. Choose a range without it.`);
  return pool;
}

/** The API's virtual address (pure), or `none`. @throws RunError in one sentence with the fix */
export function readApiAddress(text: string, held: Held, servers: number): string | undefined {
  if (text.trim() === none) {
    if (servers === 1) return undefined;
    throw new RunError(
      `With ${servers} servers, the API needs an address that moves between them. Name a free one of ${held.cidr}.`,
    );
  }
  const parsed = address.safeParse(text.trim());
  if (!parsed.success) throw new RunError(`${text}: ${parsed.error.issues[0]?.message ?? "no address"}.`);
  const fault = rangeFault(addressRange(parsed.data), held);
  if (fault !== undefined) throw new RunError(`${parsed.data}: ${fault}`);
  return parsed.data;
}

/** A DHCP range (pure), or `none`. @throws RunError if it isn't in the network, or holds all of it */
export function readDhcpRange(text: string, cidr: string, machines: readonly string[]): string | undefined {
  const dhcp = readRange(text);
  if (dhcp === undefined) return undefined;
  const range = addressRange(dhcp);
  const network = networkRange(cidr);
  if (range.first < network.first || range.last > network.last)
    throw new RunError(
      `${dhcp} isn't in ${cidr}, the machines' network. Write the range that its router gives out, or ${none}.`,
    );
  const inside = machines.filter((machine) => contains(range, machine));
  if (inside.length > 0)
    throw new RunError(
      `${inside.join(", ")} of the machines ${inside.length === 1 ? "lies" : "lie"} in it: the router could give the address to another. ` +
        "Give the machines addresses outside of it, or shorten the range on the router.",
    );
  if (size(range) >= size(usableRange(cidr)))
    throw new RunError(`${dhcp} leaves no address of ${cidr} over. Shorten it on the router.`);
  return dhcp;
}
