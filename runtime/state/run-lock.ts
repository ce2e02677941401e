import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { stateFiles } from "./state-files.ts";

const lockFile = z.object({ pid: z.number(), hostname: z.string(), username: z.string(), timestamp: z.string() });

/** The lock that a run put on a stack. */
export type RunLock = z.output<typeof lockFile>;

/** Whose run a lock is: of a process that is gone, of one that works, or of another computer's. */
export type LockState = "dead" | "alive" | "elsewhere";

/**
 * Whether (Linux alone tells) a process has ended and only waits to be reaped. Where the first process of a container reaps
 * none, it waits for ever.
 */
function isZombie(pid: number): boolean {
  try {
    // After the program's name, which may hold parentheses itself: proc_pid_stat(5).
    return /^.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** Whether a process is there that can still do something. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // A process of another user is one, too.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

export function lockState(lock: RunLock, here = hostname(), running = isRunning): LockState {
  if (lock.hostname !== here) return "elsewhere";
  return running(lock.pid) ? "alive" : "dead";
}

export function describeLock({ pid, username, hostname, timestamp }: RunLock): string {
  return `process ${pid} of ${username} on ${hostname}, since ${timestamp}`;
}

/**
 * The stack's locks, where its states are files of this computer. `undefined`: only another backend knows, and it tells
 * nobody but the next run.
 */
export async function runLocks(stack: Pick<Stack, "name" | "workspace">): Promise<readonly RunLock[] | undefined> {
  const files = await stateFiles(stack.workspace, stack.name);
  if (files === undefined) return undefined;
  const folder = files.locks;
  // Beside each lock lies a file of its attributes.
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return texts.map((text) => lockFile.parse(JSON.parse(text)));
}
