import { readRemoteRun, runRemotely } from "./run-over-ssh/remote-run.ts";

/** Runs a command on a host; what and where comes on stdin. */
try {
  console.log(await runRemotely(await readRemoteRun(process.stdin)));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
