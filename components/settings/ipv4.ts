import ipaddr from "ipaddr.js";

/** IPv4 addresses as numbers, first and last included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** An address's number, by which addresses are compared and counted. */
export function addressNumber(address: string): number {
  return ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((number, byte) => number * 256 + byte, 0);
}

export function addressText(number: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join(".");
}

/** All of a network's addresses, its own and the broadcast address included. */
export function networkRange(cidr: string): Range {
  const [address, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  const first = addressNumber(address.toString());
  return { first, last: first + 2 ** (32 - prefix) - 1 };
}

/** The addresses of a network that a machine can have. */
export function usableRange(cidr: string): Range {
  const { first, last } = networkRange(cidr);
  return { first: first + 1, last: last - 1 };
}

/** The addresses of `first-last`. */
export function addressRange(text: string): Range {
  const [first = "", last = first] = text.split("-");
  return { first: addressNumber(first), last: addressNumber(last) };
}

export const prefixLength = (cidr: string) => Number(cidr.split("/")[1]);
export const isAddress = (text: string) => ipaddr.IPv4.isValidFourPartDecimal(text);
export const overlaps = (one: Range, other: Range) => one.first <= other.last && other.first <= one.last;
export const contains = (range: Range, address: string) =>
  isAddress(address) && range.first <= addressNumber(address) && addressNumber(address) <= range.last;
export const encloses = (outer: Range, inner: Range) => outer.first <= inner.first && inner.last <= outer.last;
export const size = ({ first, last }: Range) => last - first + 1;
