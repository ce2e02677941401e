import { addressText, type Range, size } from "../../settings/ipv4.ts";

/** The fewest networks (CIDR) that hold all addresses of the ranges and no other, in ascending order. */
export function cidrCover(ranges: readonly Range[]): string[] {
  return merged(ranges).flatMap(networksOf);
}

/** The same addresses as disjoint ranges that don't touch, in ascending order. */
function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const range of [...ranges].sort((one, other) => one.first - other.first)) {
    const previous = result.at(-1);
    if (previous !== undefined && range.first <= previous.last + 1) {
      result[result.length - 1] = { first: previous.first, last: Math.max(previous.last, range.last) };
    } else {
      result.push(range);
    }
  }
  return result;
}

function networksOf(range: Range): string[] {
  const networks: string[] = [];
  for (let first = range.first; first <= range.last; ) {
    let count = 1;
    while (first % (count * 2) === 0 && count * 2 <= size({ first, last: range.last })) count *= 2;
    networks.push(`${addressText(first)}/${32 - Math.log2(count)}`);
    first += count;
  }
  return networks;
}
