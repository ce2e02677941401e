import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { shellAssignments } from "../../components/host/shell-assignments.ts";
import { ensurePrograms } from "../toolchain/debian-packages.ts";
import { withLock } from "../toolchain/lock.ts";
import { run } from "../toolchain/subprocess.ts";

/** The network of a fresh computer: a namespace of its own behind this computer, which translates its addresses. */
export interface OwnNetwork {
  /** Name of the namespace, and the mark on everything that belongs to it. */
  readonly name: string;
  readonly namespaceFile: string;
}

const names = (id: number) => ({ name: `grappe-fresh-${id}`, interface: `fresh-${id}` });

/** Picks (pure) the first subnet of two addresses, 10.212.n.0/30, in which this computer has no address. */
export function freeSubnet(taken: readonly string[]): { subnet: string; here: string; there: string } {
  for (let n = 0; n < 256; n += 1) {
    if (taken.some((address) => address.startsWith(`10.212.${n}.`))) continue;
    return { subnet: `10.212.${n}.0/30`, here: `10.212.${n}.1`, there: `10.212.${n}.2` };
  }
  throw new Error(
    "This computer has an address in each of 10.212.0.0/24 to 10.212.255.0/24: none is left for a fresh one.",
  );
}

async function runScript(script: string, values: Readonly<Record<string, string>>): Promise<void> {
  await run(["bash", join(import.meta.dirname, script)], { input: shellAssignments(values) });
}

/** @param id number of the process that the network belongs to */
export async function makeOwnNetwork(id: number): Promise<OwnNetwork> {
  await ensurePrograms([
    { program: "ip", debianPackage: "iproute2" },
    { program: "iptables", debianPackage: "iptables" },
  ]);
  const make = async (): Promise<void> => {
    const taken = Object.values(networkInterfaces()).flatMap((entries) => entries?.map(({ address }) => address) ?? []);
    await runScript("network-up.sh", { ...names(id), ...freeSubnet(taken) });
  };
  await withLock("the networks of fresh computers", make, () => undefined);
  return { name: names(id).name, namespaceFile: join("/run/netns", names(id).name) };
}

/** Takes the network away; nothing there is no error. */
export async function removeOwnNetwork(id: number): Promise<void> {
  await runScript("network-down.sh", names(id));
}
