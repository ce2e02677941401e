import { newSshKeyPair } from "../../../../components/host/ssh-key-pair.ts";
import { fingerprintOf } from "../../../../operations/host-keys/host-key.ts";
import type { Machine, MachineFacts } from "../../../../operations/new/machine-facts.ts";

/** A Raspberry Pi as it is asked, with another address, and other facts where these are given. */
export function machineAt(address: string, facts: Partial<MachineFacts> = {}): Machine {
  const { publicKey } = newSshKeyPair();
  const number = address.split(".").at(-1) ?? "";
  return {
    address,
    port: 22,
    hostKey: publicKey,
    fingerprint: fingerprintOf(publicKey),
    facts: {
      hostname: `pi-${number}`,
      machineId: number.padStart(32, "0"),
      operatingSystem: "debian 12",
      architecture: "arm64",
      container: false,
      raspberryPi: true,
      root: true,
      memoryMebibytes: 7_800,
      freeDiskMebibytes: 100_000,
      disk: "disk",
      kubernetes: "",
      gateway: "192.168.1.1",
      interfaces: [{ name: "eth0", address, prefix: 24 }],
      ...facts,
    },
  };
}

export const machinesAt = (...addresses: readonly string[]) => addresses.map((address) => machineAt(address));
