import { parseArgs } from "node:util";
import { removeHosts } from "./hardware/hosts.ts";
import { removeLabFolder } from "./stack/lab-folder.ts";

/**
 * `npm run lab:down [-- --name NAME]`: takes a lab away, its hosts with all that is on them, its networks and its stack. Its
 * hosts are this computer's own containers, so nothing on them needs to be undone first.
 */
try {
  const { values } = parseArgs({ options: { name: { type: "string", default: "lab" } } });
  await removeHosts(values.name);
  await removeLabFolder(values.name);
} catch (error) {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
