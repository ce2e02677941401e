import { sshAddressText } from "../host-keys/address-list.ts";
import type { Login, Machine } from "./machine-facts.ts";

/** What preflight takes, too (components/host/preflight/system-checks.sh). */
export const knownSystems = /^((debian|raspbian) 1[23]|ubuntu (22\.04|24\.04|2[5-9]\..*))$/;

/** Least memory of an agent, of a server: preflight's figures. */
const leastMemory = { agent: 400, server: 1700 } as const;

/** Whether a machine can hold Kubernetes' control plane and etcd (pure); an SD card only where nothing else is there. */
export function suitsServer({ facts }: Machine): boolean {
  return facts.memoryMebibytes >= leastMemory.server && facts.disk !== "sd-card";
}

/** Everything (pure) that keeps machines from becoming hosts, each with its fix: told at once, before anything is written. */
export function machineProblems(machines: readonly Machine[], { user }: Pick<Login, "user">): readonly string[] {
  return [...machines.flatMap((machine) => problemsOf(machine, user)), ...problemsTogether(machines)];
}

function problemsOf(machine: Machine, user: string): readonly string[] {
  const { facts } = machine;
  const where = sshAddressText(machine);
  const problems: string[] = [];
  if (!facts.root) {
    problems.push(
      `${where}: ${user} can't become root without a password. There: ` +
        `echo '${user} ALL=(ALL) NOPASSWD:ALL' | sudo tee /etc/sudoers.d/grappe`,
    );
  }
  if (facts.architecture !== "amd64" && facts.architecture !== "arm64") {
    problems.push(`${where} is ${facts.architecture}; Kubernetes runs on amd64 and arm64. Install the 64-bit system.`);
  }
  if (!knownSystems.test(facts.operatingSystem)) {
    const found = facts.operatingSystem.trim() || "an unknown system";
    problems.push(
      `${where} runs ${found}. Install Debian 12 or 13, Raspberry Pi OS (64-bit), or Ubuntu 22.04, 24.04 or newer.`,
    );
  }
  if (facts.kubernetes === "grappe") {
    problems.push(
      `${where} is a host of another stack of grappe. Tear that one down, or take the machine out of it first.`,
    );
  } else if (facts.kubernetes !== "") {
    problems.push(
      `${where} is a node of another cluster (${facts.kubernetes}). Take it out of that and uninstall it ` +
        "(kubeadm reset, k3s-uninstall.sh), or leave it out here.",
    );
  }
  if (facts.memoryMebibytes < leastMemory.agent) {
    problems.push(
      `${where} has ${facts.memoryMebibytes} MiB of memory; a host needs ${leastMemory.agent}. Leave it out.`,
    );
  }
  return problems;
}

function problemsTogether(machines: readonly Machine[]): readonly string[] {
  const problems: string[] = [];
  for (const same of Map.groupBy(machines, ({ facts }) => facts.machineId).values()) {
    if (same.length < 2) continue;
    problems.push(
      `${same.map(sshAddressText).join(" and ")} have one machine id: they are one machine, or were copied from one image. ` +
        "On the copies: sudo rm /etc/machine-id; sudo systemd-machine-id-setup; sudo reboot",
    );
  }
  const containers = machines.filter(({ facts }) => facts.container);
  if (containers.length > 0 && containers.length < machines.length) {
    problems.push(
      `${containers.map(sshAddressText).join(" and ")} are containers, the others aren't: one site has one kind. Leave one kind out.`,
    );
  }
  if (machines.every(({ facts }) => facts.memoryMebibytes < leastMemory.server)) {
    problems.push(`No machine has the ${leastMemory.server} MiB of memory that a server needs. Add one that has.`);
  }
  return problems;
}
