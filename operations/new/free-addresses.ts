import {
  addressNumber,
  addressText,
  networkRange,
  overlaps,
  type Range,
  size,
  usableRange,
} from "../../components/settings/ipv4.ts";

/** What is known of a network before addresses of it are proposed. */
export interface NetworkUse {
  readonly cidr: string;
  /** Our machines' addresses in it. */
  readonly machines: readonly string[];
  /** Whatever else answers in it, its gateway included. */
  readonly taken: readonly string[];
  /** What its DHCP server gives out. */
  readonly dhcp?: Range;
}

export interface ProposedAddresses {
  /** Stays, whichever server lives. */
  readonly apiAddress?: string;
  /** Such as `192.168.1.151-192.168.1.200`. */
  readonly pool?: string;
}

/** A pool needs no more: one address for each Service of type LoadBalancer. */
const largestPool = 50;
/** Networks are looked at, and addresses proposed, in this many addresses around the first machine at most. */
const windowSize = 256;

/** The addresses (pure) that are looked at: the network's, or of a large one the 256 among which the first machine is. */
export function addressWindow({ cidr, machines }: Pick<NetworkUse, "cidr" | "machines">): Range {
  const { first, last } = usableRange(cidr);
  if (size(networkRange(cidr)) <= 2 * windowSize) return { first, last };
  const around = addressNumber(machines[0] ?? addressText(first));
  const start = around - (around % windowSize);
  return { first: Math.max(first, start), last: Math.min(last, start + windowSize - 1) };
}

/** Every address of a range, as text. */
export function addressesOf({ first, last }: Range): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => addressText(first + index));
}

/** The parts of the window (pure) where nothing stands and DHCP gives nothing out. */
export function freeRanges(use: NetworkUse): readonly Range[] {
  const occupied = new Set([...use.machines, ...use.taken].map(addressNumber));
  const { dhcp } = use;
  const { first, last } = addressWindow(use);
  const ranges: Range[] = [];
  let start: number | undefined;
  for (let number = first; number <= last + 1; number += 1) {
    const isFree =
      number <= last &&
      !occupied.has(number) &&
      !(dhcp !== undefined && overlaps(dhcp, { first: number, last: number }));
    if (isFree) start ??= number;
    else if (start !== undefined) {
      ranges.push({ first: start, last: number - 1 });
      start = undefined;
    }
  }
  return ranges;
}

/**
 * An API address and a pool that nothing holds (pure): the pool is the end of the longest free part, so that further machines have
 * room after those that are there; the API address stands right before the machines, or else before the pool.
 */
export function proposeAddresses(use: NetworkUse): ProposedAddresses {
  const ranges = freeRanges(use);
  const longest = ranges.reduce<Range | undefined>(
    (best, range) => (best === undefined || size(range) >= size(best) ? range : best),
    undefined,
  );
  if (longest === undefined) return {};
  const total = ranges.reduce((sum, range) => sum + size(range), 0);
  if (total === 1) return { apiAddress: addressText(longest.first) };
  // Not all of it: machines may be added, and the API address may have to come out of it.
  const length = Math.max(1, Math.min(largestPool, Math.floor(size(longest) / 2)));
  const pool = { first: longest.last - length + 1, last: longest.last };
  const free = ranges
    .flatMap((range) => addressesOf(range).map(addressNumber))
    .filter((number) => number < pool.first || number > pool.last);
  const firstMachine = Math.min(...use.machines.map(addressNumber));
  const before = free.filter((number) => number < firstMachine && number >= firstMachine - 10).at(-1);
  const api = before ?? free.filter((number) => number < pool.first).at(-1) ?? free.at(0);
  return {
    ...(api === undefined ? {} : { apiAddress: addressText(api) }),
    pool: `${addressText(pool.first)}-${addressText(pool.last)}`,
  };
}
