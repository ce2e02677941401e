import { isAddress } from "../ipv4.ts";
import type { Machine } from "../schema/machines-site.ts";

/** A machine's address on the nodes' network; undefined where the settings give only a DNS name. */
export function machineAddress(machine: Machine): string | undefined {
  return machine.privateAddress ?? (isAddress(machine.address) ? machine.address : undefined);
}
