import { join } from "node:path";
import { shellAssignments } from "../../components/host/shell-assignments.ts";
import { run } from "../../runtime/subprocess.ts";
import { ensurePrograms } from "../../runtime/toolchain/debian-packages.ts";

/** The network of a fresh computer: a namespace of its own behind this computer, which translates its addresses. */
export interface OwnNetwork {
  /** Name of the namespace, and the mark on everything that belongs to it. */
  readonly name: string;
  /** Name of this computer's interface into it. */
  readonly interface: string;
  readonly subnet: string;
  /** This computer's address, and the other one's. */
  readonly here: string;
  readonly there: string;
}

/** How many fresh computers there may be at once. */
export const mostNetworks = 256;

/** The `n`th network (pure). */
export function ownNetwork(n: number): OwnNetwork {
  return {
    name: `grappe-fresh-${n}`,
    interface: `fresh-${n}`,
    subnet: `10.212.${n}.0/30`,
    here: `10.212.${n}.1`,
    there: `10.212.${n}.2`,
  };
}

/** Where the namespace is a file. */
export const namespaceFile = ({ name }: OwnNetwork): string => join("/run/netns", name);

async function runScript(script: string, values: Readonly<Record<string, string>>): Promise<void> {
  await ensurePrograms([
    { program: "ip", debianPackage: "iproute2" },
    { program: "iptables", debianPackage: "iptables" },
  ]);
  await run(["bash", join(import.meta.dirname, script)], { input: shellAssignments(values) });
}

export async function makeNetwork(network: OwnNetwork): Promise<void> {
  await runScript("network-up.sh", { ...network });
}

/** Takes a network away; nothing there is no error. */
export async function removeNetwork({ name, interface: device }: OwnNetwork): Promise<void> {
  await runScript("network-down.sh", { name, interface: device });
}
