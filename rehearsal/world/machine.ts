import { randomUUID } from "node:crypto";
import type { Member } from "./kubernetes/cluster.ts";

/** A computer that answers over SSH: a Raspberry Pi, a lab's host, or an instance of the cloud. */
export interface Machine {
  readonly name: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly hostKey: string;
  /** Bodies (base64) of the keys that may log in. */
  readonly authorizedKeys: ReadonlySet<string>;
  readonly users: ReadonlySet<string>;
  bootId: string;
  /** Whether its kernel limits containers' memory; a Raspberry Pi's doesn't until it is asked to and rebooted. */
  memoryCgroup: boolean;
  member: Member | undefined;
  /** What stands on it: filled by steps, emptied by their undoing. */
  readonly marks: Map<string, string>;
}

export function newMachine(
  about: Pick<Machine, "name" | "hostKey" | "authorizedKeys" | "users" | "memoryCgroup">,
): Machine {
  return { ...about, bootId: randomUUID(), member: undefined, marks: new Map() };
}

/** Everything that a step left on the machine, for the search for leftovers. */
export function leftOnMachine(machine: Machine): string[] {
  return [...machine.marks.keys()].map((mark) => `${machine.name}: ${mark}`);
}
