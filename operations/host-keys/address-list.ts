import { RunError } from "@pulumi/pulumi/errors.js";
import { addressNumber, addressText, isAddress } from "../../components/settings/ipv4.ts";

/** Where a machine's SSH server is. */
export interface SshAddress {
  /** An address, or a DNS name. */
  readonly address: string;
  readonly port: number;
}

/** More than any site of machines has; a range that was meant otherwise ends here. */
const mostAddresses = 1024;

const name = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*\.?$/;
/** What is no DNS name, but was meant to be an address: digits, dots and hyphens only. */
const onlyNumbers = /^[\d.-]+$/;

const how = "Write addresses as 192.168.1.11, 192.168.1.11-16 or 192.168.1.11-192.168.1.16, with commas between them.";

/**
 * Reads (pure) a list of machines: addresses, ranges by the last number (`192.168.1.11-16`) or by a whole address, and DNS
 * names, with commas or spaces between them; `:2222` after one is its SSH server's port, else 22.
 *
 * @throws RunError in one sentence with the fix
 */
export function parseAddressList(text: string): readonly SshAddress[] {
  const parts = text.split(/[\s,]+/).filter((part) => part !== "");
  if (parts.length === 0) throw new RunError(`There is no address in ${JSON.stringify(text)}. ${how}`);
  const all = parts.flatMap(addressesOf);
  const seen = new Set<string>();
  for (const { address, port } of all) {
    const key = `${address}:${port}`;
    if (seen.has(key)) throw new RunError(`${address} is in the list twice. Name every machine once.`);
    seen.add(key);
  }
  if (all.length > mostAddresses)
    throw new RunError(`These are ${all.length} addresses; at most ${mostAddresses} are read.`);
  return all;
}

function addressesOf(part: string): readonly SshAddress[] {
  const [, place = part, portText] = /^(.*?)(?::(\d+))?$/.exec(part) ?? [];
  const port = Number(portText ?? 22);
  if (port < 1 || port > 65_535)
    throw new RunError(`${part}: there is no port ${portText}. Write one from 1 to 65535.`);
  return placesOf(part, place).map((address) => ({ address, port }));
}

function placesOf(part: string, place: string): readonly string[] {
  if (isAddress(place)) return [place];
  if (!onlyNumbers.test(place)) {
    if (name.test(place)) return [place];
    throw new RunError(`${part} is neither an IPv4 address nor a DNS name. ${how}`);
  }
  const [first = "", end = "", ...rest] = place.split("-");
  if (!isAddress(first) || rest.length > 0) throw new RunError(`${part} is no IPv4 address. ${how}`);
  const last = /^\d{1,3}$/.test(end) ? first.replace(/\d+$/, end) : end;
  if (!isAddress(last)) throw new RunError(`${part} is no range of IPv4 addresses. ${how}`);
  const [from, to] = [addressNumber(first), addressNumber(last)];
  if (from > to) throw new RunError(`${part} runs downwards. Write the lower address first.`);
  if (to - from >= mostAddresses)
    throw new RunError(`${part} has ${to - from + 1} addresses; at most ${mostAddresses} are read.`);
  return Array.from({ length: to - from + 1 }, (_, index) => addressText(from + index));
}

/** A machine (pure) as it is written in a list: with its port only where that isn't 22. */
export function sshAddressText({ address, port }: SshAddress): string {
  return port === 22 ? address : `${address}:${port}`;
}
