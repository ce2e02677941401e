import { startCloud } from "./host/cloud-host.ts";

/** `npm run cloud`: makes sure that an OpenStack runs on this computer, and ends with its credentials. */
try {
  await startCloud();
} catch (error) {
  process.stderr.write(`cloud: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
