/** Which machine a planned host turned out to be. */
export interface FoundMachine {
  /** The host's name in the plan. */
  readonly name: string;
  readonly machineId: string;
  /** The name that the machine bears now. */
  readonly hostname: string;
}

/** Why some planned hosts can't be the machines that were found. */
export interface Indistinct {
  /** The hosts' names in the plan. */
  readonly hosts: readonly string[];
  readonly problem: string;
}

/**
 * Every reason why planned hosts can't be the machines that were found: two hosts on one machine id (one machine reached
 * by two addresses, or two that were copied from one image), or a machine that bears another planned host's name.
 */
export function indistinctMachines(machines: readonly FoundMachine[]): Indistinct[] {
  const problems: Indistinct[] = [];
  for (const [machineId, same] of Map.groupBy(machines, (machine) => machine.machineId)) {
    if (same.length < 2) continue;
    const hosts = same.map(({ name }) => name);
    problems.push({
      hosts,
      problem:
        `${hosts.join(", ")} have the same machine id ${machineId}: they are one machine, or were copied from one image. ` +
        "Fix: correct the addresses, or on the copies: rm /etc/machine-id && systemd-machine-id-setup && reboot",
    });
  }
  const planned = new Set(machines.map(({ name }) => name));
  for (const { name, hostname } of machines) {
    if (hostname === name || !planned.has(hostname)) continue;
    problems.push({
      hosts: [name, hostname],
      problem:
        `the machine at ${name}'s address calls itself ${hostname}, which is another host of the plan. ` +
        "Fix: swap the addresses, or rename the machine (hostnamectl hostname)",
    });
  }
  return problems;
}
