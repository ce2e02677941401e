import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildOnce } from "../../../../runtime/toolchain/build-once.ts";

/** Processes of their own that build `thing` in `folder`; each notes in `builds` that it began, and is done after some time. */
let folder: string;
let children: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "grappe-build-once-"));
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

interface Builder {
  readonly child: ChildProcess;
  readonly said: () => string;
}

function build(milliseconds: number, name = "thing"): Builder {
  const script = join(import.meta.dirname, "build-in-process.ts");
  const child = spawn(process.execPath, [script, join(folder, name), String(milliseconds)], {
    // A cache of its own: its locks are not those of what goes on here besides.
    env: { ...process.env, XDG_CACHE_HOME: join(folder, "cache") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (text += chunk));
  return { child, said: () => text };
}

const ended = async ({ child }: Builder): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  return child.exitCode;
};

const begun = async (builder: Builder): Promise<void> => {
  await expect.poll(builder.said, { timeout: 20_000 }).toContain("building");
};

const builds = async (): Promise<number> =>
  (await readFile(join(folder, "thing.log"), "utf8")).split("\n").filter((line) => line !== "").length;

test("of two processes that want the same, one makes it and the other waits and says so", {
  timeout: 60_000,
}, async () => {
  const first = build(3_000);
  await begun(first);
  const second = build(3_000);
  expect(await ended(first)).toBe(0);
  expect(await ended(second)).toBe(0);
  expect(await builds()).toBe(1);
  expect(second.said()).toContain("another run makes it; waiting for that");
  expect(await readFile(join(folder, "thing"), "utf8")).toBe("whole");
});

test("if the one that makes it is killed, the other makes it, and nothing half-made is left", {
  timeout: 60_000,
}, async () => {
  const first = build(120_000);
  await begun(first);
  const second = build(10);
  await expect.poll(second.said, { timeout: 20_000 }).toContain("waiting");
  first.child.kill("SIGKILL");
  expect(await ended(second)).toBe(0);
  expect(await builds()).toBe(2);
  expect(await readFile(join(folder, "thing"), "utf8")).toBe("whole");
  expect((await readdir(folder)).toSorted()).toEqual(["cache", "thing", "thing.log"]);
});

test("what a killed process left of another thing is swept, what a living one makes is not", {
  timeout: 60_000,
}, async () => {
  const killed = build(120_000, "killed");
  const living = build(120_000, "living");
  await begun(killed);
  await begun(living);
  killed.child.kill("SIGKILL");
  await ended(killed);
  expect(existsSync(join(folder, ".building-killed"))).toBe(true);
  expect(await ended(build(10))).toBe(0);
  const left = (await readdir(folder)).filter((name) => name.startsWith(".building-"));
  expect(left).toEqual([".building-living"]);
});

test("a build that fails leaves nothing, and the next one begins anew", async () => {
  const silent = { step: () => undefined, during: <T>(_: () => string, work: Promise<T>) => work };
  const path = join(folder, "thing");
  const fails = async (result: string): Promise<void> => {
    await writeFile(result, "half");
    throw new Error("no space");
  };
  await expect(buildOnce({ path, label: "thing", build: fails }, silent)).rejects.toThrow("no space");
  expect(await readdir(folder)).toEqual([]);
  const isFolder = async (result: string): Promise<void> => {
    await mkdir(result);
    await writeFile(join(result, "file"), "whole");
  };
  expect(await buildOnce({ path, label: "thing", build: isFolder }, silent)).toBe(path);
  expect(await readFile(join(path, "file"), "utf8")).toBe("whole");
  expect(await readdir(folder)).toEqual(["thing"]);
});
