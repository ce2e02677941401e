import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureInotifyLimits, lowLimits, lowLimitsMessage } from "../../../lab/hardware/inotify-limits.ts";

const instances = "fs.inotify.max_user_instances";
const watches = "fs.inotify.max_user_watches";
const said: string[] = [];
const progress = {
  step: (line: string) => void said.push(line),
  during: <Result>(_line: () => string, work: Promise<Result>) => work,
};

let root: string;
const kernelHas = (values: readonly [number, number]) =>
  Promise.all([
    writeFile(join(root, "fs/inotify/max_user_instances"), `${values[0]}\n`),
    writeFile(join(root, "fs/inotify/max_user_watches"), `${values[1]}\n`),
  ]);
const kernelNow = async () =>
  Promise.all(
    ["max_user_instances", "max_user_watches"].map(async (file) =>
      Number(await readFile(join(root, "fs/inotify", file), "utf8")),
    ),
  );

beforeEach(async () => {
  said.length = 0;
  root = await mkdtemp(join(tmpdir(), "grappe-inotify-"));
  await mkdir(join(root, "fs/inotify"), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

test("Debian's 128 instances are too few for a lab; what grappe gives to hardware is enough for many", () => {
  const low = lowLimits({ [instances]: 128, [watches]: 524_288 }, 3);
  expect(low).toEqual([{ parameter: instances, found: 128, needed: 320, raisedTo: 8192 }]);
  expect(lowLimits({ [instances]: 8192, [watches]: 524_288 }, 100)).toEqual([]);
  expect(lowLimits({ [instances]: 8192, [watches]: 524_288 }, 200)[0]?.raisedTo).toBe(12_928);
});

test("one error names every parameter, why, and the command", () => {
  const low = lowLimits({ [instances]: 128, [watches]: 8192 }, 4);
  expect(lowLimitsMessage(low, 4)).toMatch(
    /max_user_instances is 128, 4 hosts need 384; .*max_user_watches is 8192, 4 hosts need 12288[\s\S]*sysctl -w fs\.inotify\.max_user_instances=8192 fs\.inotify\.max_user_watches=524288$/,
  );
});

test("limits that are too low are raised, others stay", async () => {
  await kernelHas([128, 1_048_576]);
  await ensureInotifyLimits(3, progress, root);
  expect(await kernelNow()).toEqual([8192, 1_048_576]);
  expect(said).toEqual([`raised ${instances} from 128 to 8192, until this computer's next start`]);
  await ensureInotifyLimits(3, progress, root);
  expect(said).toHaveLength(1);
});

test("where they can't be raised, the error says what to run", async () => {
  await kernelHas([128, 1_048_576]);
  const file = join(root, "fs/inotify/max_user_instances");
  await rm(file);
  // A small number that the kernel lets nobody write.
  await symlink("/proc/sys/kernel/cap_last_cap", file);
  await expect(ensureInotifyLimits(3, progress, root)).rejects.toThrow(
    /sysctl -w fs\.inotify\.max_user_instances=8192$/,
  );
  expect(said).toEqual([]);
});
