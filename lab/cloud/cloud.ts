import { enableCompileCache } from "node:module";
import { compileCache, defaultBundle } from "../stack/lab-folder.ts";
import { startCloud } from "./host/cloud-host.ts";

enableCompileCache(compileCache);

const write = (line: string): unknown => process.stdout.write(`${line}\n`);

/** Loads the program of the stack while the cloud starts, as that takes a second. */
async function ensureTools(): Promise<void> {
  const { ensureStackTools } = await import("./stack/cloud-stack.ts");
  await ensureStackTools(defaultBundle, write);
}

/**
 * `npm run cloud`: makes sure that an OpenStack runs on this computer, and ends with its credentials. What its stack is made with
 * is fetched or built side by side: the cloud's services begin one after another and leave processors idle.
 */
const ended = await Promise.allSettled([startCloud(), ensureTools()]);
for (const end of ended) {
  if (end.status === "fulfilled") continue;
  process.stderr.write(`cloud: ${end.reason instanceof Error ? end.reason.message : String(end.reason)}\n`);
  process.exitCode = 1;
}
