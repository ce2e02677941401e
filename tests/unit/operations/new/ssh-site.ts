import { writeFile } from "node:fs/promises";
import { fingerprintOf } from "../../../../operations/host-keys/host-key.ts";
import type { MachineFacts } from "../../../../operations/new/machine-facts.ts";
import { SshMachine } from "../../host/ssh-server.ts";
import { machineAt } from "./machine-fixture.ts";

/** Machines on loopback that say of themselves that they are in a shop's LAN, 192.168.1.11 and on. */
export interface SshSite {
  readonly machines: readonly SshMachine[];
  /** As `--addresses` takes them. */
  readonly addresses: string;
  /** As `--host-key` takes them. */
  readonly hostKeys: readonly string[];
  readonly keyFile: string;
  stop(): void;
}

/** @param folder where the private key's file is written */
export async function sshSite(
  folder: string,
  count: number,
  facts: (index: number) => Partial<MachineFacts> = () => ({}),
): Promise<SshSite> {
  const login = new SshMachine().login;
  const machines = await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const own = machineAt(`192.168.1.${11 + index}`, facts(index)).facts;
      const answer = (command: string) =>
        command.includes("grappe-neighbours")
          ? "Welcome to this machine\n\ngrappe-neighbours:192.168.1.1 192.168.1.20\n"
          : `Welcome to this machine\n\ngrappe-facts:${JSON.stringify(own)}\n`;
      return new SshMachine(answer, undefined, login).start();
    }),
  );
  const keyFile = `${folder}/ssh-key`;
  await writeFile(keyFile, login.privateKey, { mode: 0o600 });
  const at = ({ port }: SshMachine) => `127.0.0.1:${port}`;
  return {
    machines,
    addresses: machines.map(at).join(","),
    hostKeys: machines.map((machine) => `${at(machine)}=${fingerprintOf(machine.hostKey.publicKey)}`),
    keyFile,
    stop: () => {
      for (const machine of machines) machine.stop();
    },
  };
}
