/** IPv4 arithmetic of the simulated world: its own, so that it doesn't repeat the program's mistakes. */

/** @throws if the text is no IPv4 address */
export function addressNumber(address: string): number {
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    throw new Error(`"${address}" is not an IPv4 address`);
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

export function addressText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/** All addresses of a CIDR, network and broadcast included. */
export function cidrRange(cidr: string): AddressRange {
  const [address = "", length = ""] = cidr.split("/");
  const bits = Number(length);
  if (!/^\d+$/.test(length) || bits > 32) throw new Error(`"${cidr}" is not a CIDR`);
  const size = 2 ** (32 - bits);
  const first = Math.floor(addressNumber(address) / size) * size;
  return { first, last: first + size - 1 };
}

export function inRange(range: AddressRange, address: string): boolean {
  const value = addressNumber(address);
  return value >= range.first && value <= range.last;
}

export function rangesOverlap(a: AddressRange, b: AddressRange): boolean {
  return a.first <= b.last && b.first <= a.last;
}
