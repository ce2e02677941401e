import { defaultBundle } from "../stack/lab-folder.ts";
import { startCloud } from "./host/cloud-host.ts";

const write = (line: string): unknown => process.stdout.write(`${line}\n`);

/** Loads the program of the stack while the cloud starts, as that takes a second. */
async function ensureTools(): Promise<void> {
  const { ensureStackTools } = await import("./stack/cloud-stack.ts");
  await ensureStackTools(defaultBundle, write);
}

/**
 * Makes sure that an OpenStack runs on this computer, and ends with its credentials. What its stack is made with is fetched or
 * built side by side: the cloud's services begin one after another and leave processors idle.
 */
export async function bringUpCloud(): Promise<void> {
  const ended = await Promise.allSettled([startCloud(), ensureTools()]);
  const reasons = ended.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
  if (reasons.length > 1) throw new AggregateError(reasons);
  if (reasons.length === 1) throw reasons[0];
}
