/** A computer that answers over SSH: a Raspberry Pi, a lab's host, or an instance of the cloud. */
export interface Machine {
  readonly name: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly hostKey: string;
  /** Bodies (base64) of the keys that may log in. */
  readonly authorizedKeys: ReadonlySet<string>;
  readonly users: ReadonlySet<string>;
  /** What stands on it: filled by steps, emptied by their undoing. */
  readonly marks: Map<string, string>;
}

/** Everything that a step left on the machine, for the search for leftovers. */
export function leftOnMachine(machine: Machine): string[] {
  return [...machine.marks.keys()].map((mark) => `${machine.name}: ${mark}`);
}
