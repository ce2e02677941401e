import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isRunning, lockState } from "../../../../runtime/state/run-lock.ts";

const lock = { pid: 4711, hostname: "here", username: "root", timestamp: "2026-11-21T15:28:22Z" };

describe("a lock", () => {
  it("is of a run that works, of one that is gone, or of another computer's", () => {
    expect(lockState(lock, "here", () => true)).toBe("alive");
    expect(lockState(lock, "here", () => false)).toBe("dead");
    expect(lockState(lock, "there", () => true)).toBe("elsewhere");
  });
});

describe("a process", () => {
  it("runs, or not", async () => {
    expect(isRunning(process.pid)).toBe(true);
    const ended = spawn("true");
    await once(ended, "close");
    expect(isRunning(ended.pid ?? 0)).toBe(false);
  });

  it.runIf(process.platform === "linux")("doesn't run if it was killed and nobody has reaped it yet", async () => {
    // The shell becomes a program that never asks what became of its child.
    const parent = spawn("sh", ["-c", "sleep 30 & echo $!; exec sleep 30"], { stdio: ["ignore", "pipe", "ignore"] });
    const [line]: Buffer[] = await once(parent.stdout, "data");
    const child = Number(line?.toString());
    await expect.poll(() => readFileSync(`/proc/${parent.pid}/comm`, "utf8")).toBe("sleep\n");
    expect(isRunning(child)).toBe(true);
    process.kill(child, "SIGKILL");
    await expect.poll(() => isRunning(child)).toBe(false);
    expect(() => process.kill(child, 0)).not.toThrow();
    parent.kill("SIGKILL");
  });
});
