import { deliverFrom } from "./toolkit/deliver.ts";

/** Brings our scripts to a host; which, and the way to it, comes on stdin. */
try {
  console.log(await deliverFrom(process.stdin));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
