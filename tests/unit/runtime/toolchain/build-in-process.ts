/** A process of its own (build-once.test.ts) that makes a file which takes some time: `build-in-process.ts PATH MILLISECONDS`. */
import { appendFile, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { progressOf } from "../../../../runtime/progress.ts";
import { buildOnce } from "../../../../runtime/toolchain/build-once.ts";

const [path = "", milliseconds = "0"] = process.argv.slice(2);
const build = async (result: string): Promise<void> => {
  await writeFile(result, "half");
  await appendFile(`${path}.log`, `${process.pid}\n`);
  process.stdout.write("building\n");
  await delay(Number(milliseconds));
  await writeFile(result, "whole");
};
await buildOnce({ path, label: "thing", build }, progressOf("test"));
