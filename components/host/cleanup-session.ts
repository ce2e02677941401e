import { cleanHost, reachHost, readSession } from "./cleanup/host-session.ts";

/**
 * What `<host>-cleanup` runs on this computer: `reach` when it is created, `clean` when it is deleted. How to reach the host
 * comes on stdin.
 */
async function main(): Promise<void> {
  const session = await readSession(process.stdin);
  switch (process.argv[2]) {
    case "reach":
      return console.log(await reachHost(session));
    case "clean":
      return console.log(await cleanHost(session));
    default:
      throw new Error("usage: cleanup-session.ts reach|clean, with the session as JSON on stdin");
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
