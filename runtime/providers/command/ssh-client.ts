import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { connect, forward, type SshEndpoint } from "../../../components/host/cleanup/ssh-connection.ts";
import type { Call } from "../live-provider.ts";
import { assertHostKey, type Connection, type Endpoint } from "./connection.ts";
import { dialWithRetry, HostKeyMismatch } from "./dial-retry.ts";
import { ForwardedConnection } from "./forwarded-connection.ts";

type Progress = Pick<Call, "signal" | "status">;

/** A connection of the provider's, as our client takes it. */
function endpointOf(endpoint: Endpoint): SshEndpoint {
  const { host, port, user, password, privateKey, privateKeyPassword, hostKey } = endpoint;
  const agent = endpoint.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  if (hostKey !== undefined) assertHostKey(hostKey);
  return {
    address: host,
    port,
    user,
    password,
    privateKey,
    passphrase: privateKeyPassword,
    agent: agent || undefined,
    hostKey,
    // A machine that is busy with a step, or starts again in it, may be silent for long; the official provider waits, too.
    keepAlive: false,
  };
}

async function connectOnce(endpoint: Endpoint, socket?: Duplex): Promise<Client> {
  const result = await connect(endpointOf(endpoint), endpoint.perDialTimeout * 1_000, socket);
  if ("client" in result) return result.client;
  const { kind, reason } = result.failure;
  if (kind === "other-host-key") throw new HostKeyMismatch(`ssh: handshake failed: ssh: host key mismatch: ${reason}`);
  throw new Error(`ssh: ${reason}`);
}

/** An SSH connection, through the proxy where there is one, dialled as often as its limits allow. */
export async function dial(connection: Connection, progress: Progress): Promise<Client> {
  const { proxy } = connection;
  const retry = (what: string, limit: number) => ({ what, limit, signal: progress.signal, status: progress.status });
  if (proxy === undefined) {
    return await dialWithRetry(retry("Dial", connection.dialErrorLimit), () => connectOnce(connection));
  }
  const bastion = await dialWithRetry(retry("Dial proxy", proxy.dialErrorLimit), () => connectOnce(proxy)).catch(
    proxyFailed,
  );
  try {
    const client = await dialWithRetry(retry("Dial from proxy", connection.dialErrorLimit), async () =>
      connectOnce(connection, new ForwardedConnection(await forward(bastion, endpointOf(connection)))),
    ).catch(proxyFailed);
    client.once("close", () => bastion.end());
    return client;
  } catch (error) {
    bastion.end();
    throw error;
  }
}

function proxyFailed(error: unknown): never {
  if (error instanceof HostKeyMismatch) throw error;
  throw new Error(`proxy: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

/** Runs work over an SSH connection and closes it. */
export async function overSsh<Result>(
  connection: Connection,
  progress: Progress,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = await dial(connection, progress);
  try {
    return await work(client);
  } finally {
    client.end();
  }
}
