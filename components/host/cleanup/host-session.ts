import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { loadScript } from "../script.ts";
import { shellAssignments } from "../shell-assignments.ts";
import { sentCommand } from "../step-command.ts";
import { deliverToolkit } from "../toolkit/deliver.ts";
import { bootSeconds, connectWithin, explainFailure } from "./connect-within.ts";
import { execute } from "./ssh-connection.ts";

const session = z.strictObject({
  /** The host's name in the plan. */
  name: z.string(),
  address: z.string(),
  port: z.int(),
  user: z.string(),
  privateKey: z.string(),
  hostKey: z.string(),
  /** For `cleanup.sh`. */
  values: z.record(z.string(), z.string()),
});

/** How `<host>-cleanup` reaches its host, and what it is to clean. */
export type HostSession = z.output<typeof session>;

export async function readSession(input: Readable): Promise<HostSession> {
  return session.parse(JSON.parse(await text(input)));
}

const lostSeconds = 30;
const cleanupSeconds = 900;

/**
 * Waits until the host answers, makes sure that it is the pinned machine and lets us in, and brings it our scripts.
 *
 * @throws at once, with reason and fix, where waiting doesn't help
 */
export async function reachHost(target: HostSession): Promise<string> {
  const result = await connectWithin(target, bootSeconds);
  if ("failure" in result) throw new Error(explainFailure(target, result.failure));
  try {
    await deliverToolkit(result.client, target.name);
  } finally {
    result.client.end();
  }
  return `${target.name} answers with its pinned host key`;
}

/**
 * Takes everything of ours off the host. A machine that is gone, or is another one by now, has nothing of ours: that is
 * said, and no error.
 *
 * @throws if the machine is there but can't be cleaned
 */
export async function cleanHost(target: HostSession): Promise<string> {
  const result = await connectWithin(target, lostSeconds);
  if ("failure" in result) {
    if (result.failure.kind === "login") throw new Error(explainFailure(target, result.failure));
    return `skipped the cleanup: ${explainFailure(target, result.failure)}`;
  }
  const script = loadScript(import.meta.url, "./cleanup.sh");
  const run = { name: `${target.name}-cleanup`, deadlineSeconds: cleanupSeconds, detached: false };
  try {
    const { code, output } = await execute(result.client, sentCommand(script, run), shellAssignments(target.values));
    if (code !== 0) throw new Error(`cleaning ${target.name} failed (exit code ${code}):\n${output}`);
    return `${target.name} is clean`;
  } finally {
    result.client.end();
  }
}
