import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Client } from "ssh2";
import { z } from "zod";
import { type ConnectionFailure, connect, execute, forward, type SshTarget } from "../cleanup/ssh-connection.ts";
import { overHops } from "./over-hops.ts";

const target = z.strictObject({
  address: z.string(),
  port: z.int(),
  user: z.string(),
  privateKey: z.string(),
  hostKey: z.string(),
});

const wayToHost = z.strictObject({
  /** The host's name in the plan. */
  name: z.string(),
  /** The bastion, where there is one, and the host itself. */
  hops: z.array(target).min(1).max(2),
});

const remoteRun = wayToHost.extend({
  command: z.string(),
  stdin: z.string(),
});

/** A command on a host, apart from the graph: for what must happen while a resource is being updated. */
export type RemoteRun = z.output<typeof remoteRun>;

const connectMilliseconds = 60_000;

/** Why a host couldn't be asked at all. */
export class HostNotReached extends Error {
  override readonly name = "HostNotReached";
  readonly kind: ConnectionFailure["kind"];

  constructor(kind: ConnectionFailure["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Reads a host and the way to it. */
export function readHops(input: string): z.output<typeof wayToHost> {
  return wayToHost.parse(JSON.parse(input));
}

export async function readRemoteRun(input: Readable): Promise<RemoteRun> {
  return remoteRun.parse(JSON.parse(await text(input)));
}

export interface RemoteRunOptions {
  /** Milliseconds that a hop may take to let us in. Default: a minute. */
  readonly patience?: number;
  /** Takes the output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/**
 * Runs it, host keys checked on every hop, and gives the output's end.
 *
 * @throws HostNotReached if a hop can't be reached, or an Error if the command fails: with its output, which holds no secret
 */
export async function runRemotely(
  { name, hops, command, stdin }: RemoteRun,
  { patience = connectMilliseconds, onOutput }: RemoteRunOptions = {},
): Promise<string> {
  const connectTo = (hop: SshTarget, through: Client | undefined) => hopOn(name, hop, patience, through);
  return await overHops(hops, connectTo, async (client) => {
    const { code, output } = await execute(client, command, stdin, onOutput);
    if (code !== 0) throw new Error(`on ${name} (exit code ${code}):\n${output}`);
    return output;
  });
}

async function hopOn(name: string, hop: SshTarget, patience: number, through: Client | undefined): Promise<Client> {
  const socket = through === undefined ? undefined : await forward(through, hop);
  const result = await connect(hop, patience, socket);
  if ("client" in result) return result.client;
  const { kind, reason } = result.failure;
  throw new HostNotReached(
    kind,
    `${name} can't be reached over SSH at ${hop.address}:${hop.port} (${kind}): ${reason}. Fix: see that it runs, then run again.`,
  );
}
