import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import {
  type Deployment,
  type Interrupted,
  nameOf,
  type PendingOperation,
  parseDeployment,
  pendingCreations,
  pendingUninstallations,
  releaseType,
  writtenAt,
} from "../state/deployment.ts";
import { describeLock, lockState, type RunLock, runLocks } from "../state/run-lock.ts";
import { run } from "../subprocess.ts";
import {
  type Adoption,
  adopt,
  adoptionOf,
  type Candidate,
  knownObjects,
  newTo,
  stands,
  type Uninstallation,
} from "./adoption.ts";

/**
 * What the real world holds that an interrupted operation can have left: of this stack, and made for this very resource.
 * Objects that the state knows may be among them. `undefined`: it can't be asked, and the next run settles it by itself.
 *
 * @param begunBy when it was begun at the latest, in milliseconds since the epoch
 * @param isNew whether an object is one that the state doesn't know
 */
export type LookUp = (
  interrupted: Interrupted,
  begunBy: number,
  isNew: (candidate: Candidate) => boolean,
) => Promise<readonly Candidate[] | undefined>;

/** What a killed run left, and what becomes of it. */
export interface RecoveryPlan {
  /** Locks that will be taken away; `undefined`: the backend doesn't tell whether there are any. */
  readonly locks: readonly RunLock[] | undefined;
  readonly interrupted: readonly PendingOperation[];
  readonly adoptions: readonly Adoption[];
  readonly uninstallations: readonly Uninstallation[];
  /** URNs of resources about which the real world couldn't be asked. */
  readonly unasked: ReadonlySet<string>;
}

export interface RecoveryOptions {
  readonly lookUp: LookUp;
  /** Whether the plan is to be carried out. Default: yes. */
  readonly agree?: (plan: RecoveryPlan) => Promise<boolean>;
  /** Also take away locks of which nobody here can say whether their run is over. Default: no. */
  readonly cancelUnknown?: boolean;
}

const exportedStack = z.looseObject({ deployment: z.unknown() });

/** By the CLI itself: the Automation API exports secrets in plain text, and puts them into a file to import them. */
async function cli(stack: Stack, command: "export" | "import", input?: string): Promise<string> {
  const { workDir, pulumiHome, pulumiCommand, envVars } = stack.workspace;
  const home = pulumiHome === undefined ? {} : { PULUMI_HOME: pulumiHome };
  const args = ["stack", command, "--stack", stack.name, "--non-interactive"];
  const options = { cwd: workDir, env: { ...home, ...envVars }, ...(input === undefined ? {} : { input }) };
  const { stdout } = await run([pulumiCommand.command, ...args], options);
  return stdout;
}

async function exportStack(stack: Stack): Promise<z.output<typeof exportedStack>> {
  return exportedStack.parse(JSON.parse(await cli(stack, "export")));
}

/** The locks that may be taken away. @throws RunError if a run is at work */
async function removableLocks(stack: Stack, cancelUnknown: boolean): Promise<readonly RunLock[] | undefined> {
  const locks = await runLocks(stack);
  const alive = locks?.find((lock) => lockState(lock) === "alive");
  if (alive !== undefined)
    throw new RunError(
      `Another run works on ${stack.name}: ${describeLock(alive)}. Wait for it. ` +
        "If that process isn't a run of Pulumi, take the lock away with: ./grappe pulumi cancel",
    );
  return locks?.filter((lock) => cancelUnknown || lockState(lock) === "dead");
}

async function leftovers(
  deployment: Deployment,
  lookUp: LookUp,
): Promise<Pick<RecoveryPlan, "adoptions" | "uninstallations" | "unasked">> {
  const known = knownObjects(deployment);
  const begunBy = writtenAt(deployment);
  const adoptions: Adoption[] = [];
  const uninstallations: Uninstallation[] = [];
  const unasked = new Set<string>();
  for (const creation of pendingCreations(deployment)) {
    const candidates = await lookUp(creation, begunBy, newTo(known, creation));
    if (candidates === undefined) unasked.add(creation.urn);
    // A release that replaces one: to uninstall it as surplus would uninstall the one that the next run makes under its name.
    if (creation.type === releaseType && stands(deployment, creation.urn)) continue;
    const adoption = adoptionOf(creation, candidates ?? [], known);
    if (adoption !== undefined) adoptions.push(adoption);
  }
  for (const release of pendingUninstallations(deployment)) {
    const candidates = await lookUp(release, begunBy, () => true);
    if (candidates === undefined) unasked.add(release.urn);
    else uninstallations.push({ release, found: candidates[0] });
  }
  return { adoptions, uninstallations, unasked };
}

/**
 * Gets a stack out of what a killed run left: takes its lock away, takes the objects that interrupted creations left into
 * the state and releases that are gone out of it, and clears the pending operations. The next `up` goes on from there, and
 * `destroy` leaves nothing. (`pulumi refresh --import-pending-creates` of 3.259 only renames the pending operation.)
 *
 * @returns what was done; `undefined` if there was nothing to do or nobody agreed
 * @throws AmbiguousLeftover, or a RunError if a run is at work or the real world can't be asked; nothing has changed then.
 * An Error that names the fix if what got into the state can't be read
 */
export async function recoverStack(stack: Stack, options: RecoveryOptions): Promise<RecoveryPlan | undefined> {
  const { lookUp, agree = () => Promise.resolve(true), cancelUnknown = false } = options;
  const locks = await removableLocks(stack, cancelUnknown);
  const exported = await exportStack(stack);
  const deployment = parseDeployment(exported.deployment);
  const interrupted = deployment.pending_operations;
  const isLocked = locks === undefined ? cancelUnknown : locks.length > 0;
  if (!isLocked && interrupted.length === 0) return undefined;
  const plan = { locks, interrupted, ...(await leftovers(deployment, lookUp)) };
  if (!(await agree(plan))) return undefined;
  if (isLocked) await cancel(stack);
  if (interrupted.length === 0) return plan;
  for (const { found } of [...plan.adoptions, ...plan.uninstallations]) await found?.settle?.();
  const adopted = adopt(deployment, plan.adoptions, plan.uninstallations);
  await cli(stack, "import", JSON.stringify({ ...exported, deployment: adopted.deployment }));
  await refresh(stack, adopted.toRefresh);
  return plan;
}

async function refresh(stack: Stack, urns: readonly string[]): Promise<void> {
  if (urns.length === 0) return;
  try {
    await stack.refresh({ target: [...urns] });
  } catch (error) {
    throw new RunError(
      `What the killed run left (${urns.map(nameOf).join(", ")}) is in the state now, but could not be read from the cloud: ` +
        `${error instanceof Error ? error.message : error}\nBefore the next up: ./grappe refresh ${stack.name}`,
      { cause: error },
    );
  }
}

/** A backend that keeps its own time may have ended the run already. */
async function cancel(stack: Stack): Promise<void> {
  try {
    await stack.cancel();
  } catch (error) {
    if (!/never been updated|already completed|no update/i.test(String(error))) throw error;
  }
}
