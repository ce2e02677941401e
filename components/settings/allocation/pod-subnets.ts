import { addressNumber, addressText, networkRange, prefixLength, size } from "../ipv4.ts";

/** Fewest addresses a node's pods get: 62 pods. */
const longestPrefix = 26;

/**
 * The subnet of a node's pods: as many places into `podCidr` as the node's address lies into the nodes' networks, these
 * counted one after another. So a node's pods keep their subnet whatever other nodes come and go.
 *
 * @param nodeNetworks all declared networks that nodes lie in, in their order
 * @returns undefined where `podCidr` has no place for every address of the networks, or the address lies in none
 */
export function podSubnet(podCidr: string, nodeNetworks: readonly string[], address: string): string | undefined {
  const ranges = nodeNetworks.map(networkRange);
  const places = ranges.reduce((sum, range) => sum + size(range), 0);
  const prefix = Math.max(24, prefixLength(podCidr) + Math.ceil(Math.log2(places)));
  if (prefix > longestPrefix || prefix < prefixLength(podCidr)) return undefined;
  let place = 0;
  for (const range of ranges) {
    const offset = addressNumber(address) - range.first;
    if (offset >= 0 && offset < size(range)) {
      return `${addressText(networkRange(podCidr).first + (place + offset) * 2 ** (32 - prefix))}/${prefix}`;
    }
    place += size(range);
  }
  return undefined;
}
