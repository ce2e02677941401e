import { RunError } from "@pulumi/pulumi/errors.js";
import { parseDeployment } from "../../runtime/state/deployment.ts";
import { describeLock, lockState, runLocks } from "../../runtime/state/run-lock.ts";
import { refuseUnless } from "../ask.ts";
import { UsageError } from "../errors/usage-error.ts";
import { told } from "../status/facts.ts";
import { readStack, type StackToRead } from "../status/read-state.ts";
import type { Subject } from "../status/status.ts";
import { carryOut, checkSnapshot } from "./carry-out.ts";
import { type ClusterHost, clusterHosts } from "./cluster-hosts.ts";
import { endLines, ownDataLines, planLines, serverLines, snapshotLines } from "./describe-restore.ts";
import { planRestore } from "./plan.ts";
import { ownData, snapshotsOf } from "./snapshots.ts";
import { surveyServers } from "./survey.ts";

export interface RestoreOptions {
  /** Name of a snapshot, or `latest`; the newest where nobody says. */
  readonly snapshot?: string;
  readonly overwriteLiving: boolean;
  /** Doesn't ask. */
  readonly yes: boolean;
  /** Takes each line. */
  readonly write: (line: string) => void;
}

/** @throws UsageError if a run of `up` is at work, or may be */
async function refuseRun(stack: StackToRead, label: string): Promise<void> {
  const lock = (await runLocks(stack))?.find((each) => lockState(each) !== "dead");
  if (lock === undefined) return;
  throw new UsageError(
    `Another run works on ${label}: ${describeLock(lock)}. Nothing was changed. Fix: wait for it; if it was killed, ./grappe recover.`,
  );
}

interface Known {
  readonly hosts: readonly ClusterHost[];
  readonly distribution: "k3s" | "kubeadm";
  /** As nodes write it. */
  readonly version: string;
}

/** What settings and state say. @throws UsageError if the settings have problems, or there never was a cluster */
async function known({ stack, label, commands }: Subject): Promise<Known> {
  const { declared } = await readStack(stack);
  const settings = told(declared);
  if (settings === undefined)
    throw new UsageError(
      `${label}: Its settings aren't right, and nothing was changed. Fix: ${commands.check} says what is wrong.`,
    );
  const hosts = clusterHosts(parseDeployment((await stack.workspace.exportStack(stack.name)).deployment));
  if (!hosts.some(({ role }) => role === "server"))
    throw new UsageError(`${label}: Its state has no server, so there is no cluster to restore. Fix: ${commands.up}`);
  const { distribution, version } = settings.cluster;
  return { hosts, distribution, version: distribution === "kubeadm" ? `v${version.replace(/^v/, "")}` : version };
}

/**
 * Restores a cluster's etcd from a snapshot: looks at everything, shows it, asks, and does it. One that was cut off goes on.
 *
 * @throws UsageError, before anything is touched, that names the reason and the fix; RunError if a step failed
 */
export async function restoreStack(subject: Subject, options: RestoreOptions): Promise<void> {
  const { write, yes, snapshot: asked, overwriteLiving } = options;
  const { label, commands, stack } = subject;
  await refuseRun(stack, label);
  const { hosts, distribution, version } = await known(subject);
  const servers = hosts.filter(({ role }) => role === "server");
  const { surveys, lost } = await surveyServers(servers, distribution);
  const now = new Date();
  for (const line of [...serverLines(surveys, lost), "", ...snapshotLines(snapshotsOf(surveys), now)]) write(line);
  for (const line of [...ownDataLines(ownData(surveys)), ""]) write(line);
  const plan = planRestore({ stack: label, surveys, lost, ...(asked && { asked }), overwriteLiving, version, now });
  const found = plan.goesOn ? "" : await checkSnapshot(plan, distribution);
  for (const line of planLines(plan, found, now)) write(line);
  if (!yes) await refuseUnless(`Restore ${label} so?`);
  const agents = hosts.filter(({ role }) => role === "agent");
  const unheard = await carryOut(plan, { distribution, agents, write });
  for (const line of endLines(commands, plan)) write(line);
  if (unheard.length > 0)
    throw new RunError(
      `These agents don't answer, and believe what they saw after the snapshot until they start anew: ${unheard.join(", ")}. ` +
        "Fix: reboot them.",
    );
}
