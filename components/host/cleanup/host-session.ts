import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { loadScript } from "../script.ts";
import { shellAssignments } from "../shell-assignments.ts";
import { stepCommand } from "../step-command.ts";
import { type ConnectionFailure, connect, execute } from "./ssh-connection.ts";

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

const bootSeconds = 270;
const lostSeconds = 30;
const cleanupSeconds = 900;

/** Whether waiting can help: a machine that boots refuses or doesn't answer; a wrong key or login stays wrong. */
function mayPass(failure: ConnectionFailure): boolean {
  return failure.kind === "unreachable";
}

async function connectWithin(target: HostSession, seconds: number) {
  const end = Date.now() + seconds * 1000;
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 5000)) {
    const result = await connect(target, Math.min(15_000, Math.max(1000, end - Date.now())));
    if (!("failure" in result) || !mayPass(result.failure) || Date.now() + pause > end) return result;
    await sleep(pause);
  }
}

/** Why a host can't be used, and how that is mended. */
export function explain({ name, address, port, user }: HostSession, failure: ConnectionFailure): string {
  const where = `${name} (${address}:${port})`;
  switch (failure.kind) {
    case "unreachable":
      return `${where} doesn't answer over SSH: ${failure.reason}. Fix: switch it on, or correct its address or port.`;
    case "other-host-key":
      return (
        `${where} shows ${failure.reason}, not the host key that the settings pin: it is another machine, or somebody stands ` +
        "in between. Nothing was sent to it. Fix: if the machine was replaced or installed anew, pin its new key (hostKey)."
      );
    case "login":
      return `${where} lets ${user} not in: ${failure.reason}. Fix: put the public key into ~${user}/.ssh/authorized_keys there.`;
  }
}

/**
 * Waits until the host answers, and makes sure that it is the pinned machine and lets us in.
 *
 * @throws at once, with reason and fix, where waiting doesn't help
 */
export async function reachHost(target: HostSession): Promise<string> {
  const result = await connectWithin(target, bootSeconds);
  if ("failure" in result) throw new Error(explain(target, result.failure));
  result.client.end();
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
    if (result.failure.kind === "login") throw new Error(explain(target, result.failure));
    return `skipped the cleanup: ${explain(target, result.failure)}`;
  }
  const script = loadScript(import.meta.url, "./cleanup.sh");
  const run = { name: `${target.name}-cleanup`, deadlineSeconds: cleanupSeconds, detached: false };
  try {
    const { code, output } = await execute(result.client, stepCommand(script, run), shellAssignments(target.values));
    if (code !== 0) throw new Error(`cleaning ${target.name} failed (exit code ${code}):\n${output}`);
    return `${target.name} is clean`;
  } finally {
    result.client.end();
  }
}
