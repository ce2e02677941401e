import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Client } from "ssh2";
import { z } from "zod";
import { connect, execute, forward, type SshTarget } from "../cleanup/ssh-connection.ts";

const target = z.strictObject({
  address: z.string(),
  port: z.int(),
  user: z.string(),
  privateKey: z.string(),
  hostKey: z.string(),
});

const remoteRun = z.strictObject({
  /** The host's name in the plan. */
  name: z.string(),
  /** The bastion, where there is one, and the host itself. */
  hops: z.array(target).min(1).max(2),
  command: z.string(),
  stdin: z.string(),
});

/** A command on a host, apart from the graph: for what must happen while a resource is being updated. */
export type RemoteRun = z.output<typeof remoteRun>;

const connectMilliseconds = 60_000;

export async function readRemoteRun(input: Readable): Promise<RemoteRun> {
  return remoteRun.parse(JSON.parse(await text(input)));
}

/**
 * Runs it, host keys checked on every hop, and gives the output's end.
 *
 * @throws if a hop can't be reached, or the command fails: with its output, which holds no secret
 */
export async function runRemotely({ name, hops, command, stdin }: RemoteRun): Promise<string> {
  const clients: Client[] = [];
  try {
    for (const hop of hops) clients.push(await hopOn(name, hop, clients.at(-1)));
    const last = clients.at(-1);
    if (last === undefined) throw new Error(`${name}: no way to it was given`);
    const { code, output } = await execute(last, command, stdin);
    if (code !== 0) throw new Error(`on ${name} (exit code ${code}):\n${output}`);
    return output;
  } finally {
    for (const client of clients.reverse()) client.end();
  }
}

async function hopOn(name: string, hop: SshTarget, through: Client | undefined): Promise<Client> {
  const socket = through === undefined ? undefined : await forward(through, hop);
  const result = await connect(hop, connectMilliseconds, socket);
  if ("client" in result) return result.client;
  const { kind, reason } = result.failure;
  throw new Error(
    `${name} can't be reached over SSH at ${hop.address}:${hop.port} (${kind}): ${reason}. Fix: see that it runs, then run again.`,
  );
}
