import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import type { Progress } from "../../runtime/progress.ts";

/** A kernel parameter that all hosts of all labs share, as they run as one user of one kernel. */
interface InotifyLimit {
  readonly parameter: "fs.inotify.max_user_instances" | "fs.inotify.max_user_watches";
  /** What one host takes at most: counted on a server with its control plane (29 and 376), and doubled for its pods. */
  readonly perHost: number;
  /** What this computer's own programs may take beside the hosts. */
  readonly others: number;
  /** What it is raised to: the value that grappe gives to machines of its own (components/host/preparation/kernel.sh). */
  readonly raisedTo: number;
}

const limits: readonly InotifyLimit[] = [
  { parameter: "fs.inotify.max_user_instances", perHost: 64, others: 128, raisedTo: 8192 },
  { parameter: "fs.inotify.max_user_watches", perHost: 1024, others: 8192, raisedTo: 524_288 },
];

/** A limit under which not all hosts would run. */
export interface LowLimit {
  readonly parameter: InotifyLimit["parameter"];
  readonly found: number;
  readonly needed: number;
  readonly raisedTo: number;
}

/** Tells (pure) which of the kernel's limits are too low for a number of hosts, all labs together. */
export function lowLimits(found: Readonly<Record<InotifyLimit["parameter"], number>>, hosts: number): LowLimit[] {
  return limits.flatMap(({ parameter, perHost, others, raisedTo }) => {
    const needed = others + hosts * perHost;
    if (found[parameter] >= needed) return [];
    return { parameter, found: found[parameter], needed, raisedTo: Math.max(raisedTo, needed) };
  });
}

/** Says (pure) what is too low, why, and the command that mends it. */
export function lowLimitsMessage(low: readonly LowLimit[], hosts: number): string {
  const reasons = low.map(({ parameter, found, needed }) => `${parameter} is ${found}, ${hosts} hosts need ${needed}`);
  const settings = low.map(({ parameter, raisedTo }) => `${parameter}=${raisedTo}`);
  return `${reasons.join("; ")}: every host's systemd, kubelet and containerd watch files, and all share this computer's limit; above
it they fail with "too many open files". Fix, as root: sysctl -w ${settings.join(" ")}`;
}

const fileOf = (root: string, parameter: string): string => join(root, ...parameter.split("."));

/**
 * Makes sure that the kernel lets all hosts watch files: raises its limits where they are too low and this process may.
 *
 * @param hosts all that run on this computer afterwards
 * @param root where the kernel's parameters are files
 * @throws if they may not be raised here, with the command to run
 */
export async function ensureInotifyLimits(hosts: number, progress: Progress, root = "/proc/sys"): Promise<void> {
  const read = async (parameter: string) => Number(await readFile(fileOf(root, parameter), "utf8"));
  const [instances, watches] = await Promise.all([
    read("fs.inotify.max_user_instances"),
    read("fs.inotify.max_user_watches"),
  ]);
  const found = { "fs.inotify.max_user_instances": instances, "fs.inotify.max_user_watches": watches };
  const low = lowLimits(found, hosts);
  for (const { parameter, found: before, raisedTo } of low) {
    await writeFile(fileOf(root, parameter), `${raisedTo}\n`).catch((error: unknown) => {
      throw new RunError(lowLimitsMessage(low, hosts), { cause: error });
    });
    progress.step(`raised ${parameter} from ${before} to ${raisedTo}, until this computer's next start`);
  }
}
