import { removeCloud } from "./host/cloud-host.ts";

/** `npm run cloud:down`: takes the OpenStack away with everything on it. It is this computer's own container, so nothing on it needs to be undone first. */
try {
  await removeCloud();
} catch (error) {
  process.stderr.write(`cloud: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
