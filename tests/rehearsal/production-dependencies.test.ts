import { copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { copyRepository } from "../../lab/fresh/repository-copy.ts";
import { run } from "../../runtime/subprocess.ts";

const root = join(import.meta.dirname, "..", "..");
const lock = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().default(false) })) });

/** The file itself, not a link to it, by whose place Node.js would find the packages beside this repository. */
function take(file: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(file, to);
  } catch {
    copyFileSync(file, to);
  }
}

/** A package's own files; packages inside of it are listed by themselves. */
function takePackage(folder: string, to: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const [from, target] = [join(folder, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && entry.name !== "node_modules") takePackage(from, target);
    else if (entry.isFile()) take(from, target);
  }
}

let copy: string;

/** The repository as `npm ci --omit=dev` leaves it. */
beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), "grappe-production-"));
  await copyRepository(copy);
  const { packages } = lock.parse(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));
  const wanted = Object.entries(packages).filter(([path, { dev }]) => path !== "" && !dev);
  for (const [path] of wanted) if (existsSync(join(root, path))) takePackage(join(root, path), join(copy, path));
}, 120_000);

afterAll(() => rmSync(copy, { recursive: true, force: true }), 120_000);

const grappe = (...parameters: readonly string[]) =>
  run([join(copy, "grappe"), ...parameters], { cwd: copy, allowedCodes: [0, 1, 2] });

test("without development's packages a user can do all that needs no host", async () => {
  expect(existsSync(join(copy, "node_modules", "vitest"))).toBe(false);
  expect(await grappe("--help")).toMatchObject({ code: 0, stderr: "" });
  expect(await grappe("check")).toMatchObject({ code: 0, stderr: "" });
  const rehearsed = await grappe("rehearse", "lab");
  expect(rehearsed, rehearsed.stderr).toMatchObject({ code: 0 });
});
