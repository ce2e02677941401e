import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Client } from "ssh2";
import { bootSeconds, connectWithin, explainFailure } from "../cleanup/connect-within.ts";
import { execute } from "../cleanup/ssh-connection.ts";
import { overHops } from "../run-over-ssh/over-hops.ts";
import { readHops } from "../run-over-ssh/remote-run.ts";
import { commandAsRoot } from "../step-command.ts";
import { ownToolkit } from "./toolkit.ts";

const receive = readFileSync(new URL("./receive-toolkit.sh", import.meta.url), "utf8");

/**
 * Puts our scripts on a host, over its connection; older editions go.
 *
 * @throws with what the host said
 */
export async function deliverToolkit(client: Client, host: string): Promise<void> {
  const { hash, sha256, archive } = ownToolkit();
  const command = commandAsRoot(["sh", "-c", receive, "grappe-toolkit", hash, sha256]);
  const { code, output } = await execute(client, command, archive);
  if (code !== 0) throw new Error(`bringing grappe's scripts to ${host} failed (exit code ${code}):\n${output}`);
}

/**
 * What `deliver-toolkit.ts` does: waits until the host answers, and brings it our scripts. The host and the way to it come on stdin.
 *
 * @throws with the host that isn't reached, the reason and the fix
 */
export async function deliverFrom(input: Readable): Promise<string> {
  const { name, hops } = readHops(await text(input));
  const connectTo = async (hop: (typeof hops)[number], through: Client | undefined) => {
    const result = await connectWithin(hop, bootSeconds, through);
    if ("client" in result) return result.client;
    const hopName = hop === hops.at(-1) ? name : `the bastion before ${name}`;
    throw new Error(explainFailure({ ...hop, name: hopName }, result.failure));
  };
  await overHops(hops, connectTo, (client) => deliverToolkit(client, name));
  return `${name} has grappe's scripts ${ownToolkit().hash}`;
}
