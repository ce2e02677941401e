import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { cacheDirectory } from "../cache.ts";

/** Before the wait for another process is spoken of. */
const silentMilliseconds = 500;

/**
 * What holds the lock: the kernel gives it to `flock` and takes it back as soon as the holder's input ends, as it does when this
 * process does, however that is.
 */
const holder = "echo held; exec cat > /dev/null";

/** Gives a lock back. */
export type Release = () => Promise<void>;

/** `undefined`: another process holds it, or flock doesn't work here. */
async function acquire(name: string, options: { readonly waits: boolean }): Promise<Release | undefined> {
  const key = createHash("sha256").update(name).digest("hex").slice(0, 32);
  const file = join(await cacheDirectory("locks"), key);
  const flags = options.waits ? ["-x"] : ["-x", "-n"];
  // Out of this terminal's reach: an interrupt must not end it before what it protects.
  const child = spawn("flock", [...flags, file, "sh", "-c", holder], {
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  child.stdin.on("error", () => undefined);
  const { promise, resolve } = Promise.withResolvers<Release | undefined>();
  const ended = Promise.withResolvers<void>();
  child.stdout.once("data", () =>
    resolve(async () => {
      child.stdin.end();
      await ended.promise;
    }),
  );
  child.once("error", () => resolve(async () => undefined));
  child.once("close", () => {
    ended.resolve();
    resolve(undefined);
  });
  return await promise;
}

/**
 * Does something while no other process of this user does anything under the same name: the others wait. Where there is no `flock`
 * (it is on every Linux, not on macOS) nobody waits, and the same is done twice.
 *
 * @param onWait called when another process is found to be at it
 */
export async function withLock<T>(name: string, work: () => Promise<T>, onWait: () => void): Promise<T> {
  const timer = setTimeout(onWait, silentMilliseconds);
  const release = await acquire(name, { waits: true });
  clearTimeout(timer);
  if (release === undefined)
    throw new RunError(
      `The lock of ${name} can't be had: flock ended without it. Fix: see that this user may write into grappe's cache folder.`,
    );
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Takes a lock for as long as this process lives or until it is given back; `undefined` where another process holds it. */
export function takeLock(name: string): Promise<Release | undefined> {
  return acquire(name, { waits: false });
}

/** Does something unless another process is at it under the same name. */
export async function unlessLocked(name: string, work: () => Promise<void>): Promise<void> {
  const release = await takeLock(name);
  if (release === undefined) return;
  try {
    await work();
  } finally {
    await release();
  }
}
