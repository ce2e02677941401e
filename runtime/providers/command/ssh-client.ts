import type { Duplex } from "node:stream";
import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import type { Call } from "../live-provider.ts";
import { type Connection, type Endpoint, parseHostKey } from "./connection.ts";
import { dialWithRetry, HostKeyMismatch } from "./dial-retry.ts";
import { ForwardedConnection } from "./forwarded-connection.ts";

type Progress = Pick<Call, "signal" | "status">;

/** What ssh2 is told of an endpoint. The host key restricts the algorithm to its own, as in the official provider. */
function configurationOf(endpoint: Endpoint): { readonly config: ConnectConfig; readonly isMismatch: () => boolean } {
  let isMismatch = false;
  const pinned = endpoint.hostKey === undefined ? undefined : parseHostKey(endpoint.hostKey);
  const agent = endpoint.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  const config: ConnectConfig = {
    host: endpoint.host,
    port: endpoint.port,
    username: endpoint.user,
    readyTimeout: endpoint.perDialTimeout * 1_000,
    ...(endpoint.password === undefined ? {} : { password: endpoint.password, tryKeyboard: true }),
    ...(endpoint.privateKey === undefined ? {} : { privateKey: endpoint.privateKey }),
    ...(endpoint.privateKeyPassword === undefined ? {} : { passphrase: endpoint.privateKeyPassword }),
    ...(agent === undefined || agent === "" ? {} : { agent }),
  };
  if (pinned !== undefined) {
    config.algorithms = { serverHostKey: [pinned.algorithm as ServerHostKeyAlgorithm] };
    config.hostVerifier = (key: Buffer) => {
      isMismatch = !key.equals(pinned.blob);
      return !isMismatch;
    };
  }
  return { config, isMismatch: () => isMismatch };
}

function connect(endpoint: Endpoint, sock?: Duplex): Promise<Client> {
  const { config, isMismatch } = configurationOf(endpoint);
  const { promise, resolve, reject } = Promise.withResolvers<Client>();
  const client = new Client();
  client.once("ready", () => {
    client.setNoDelay(true); // Else every small message of SFTP waits for the kernel's timer.
    resolve(client);
  });
  client.on("error", (error) => {
    client.destroy();
    if (isMismatch()) reject(new HostKeyMismatch("ssh: handshake failed: ssh: host key mismatch", { cause: error }));
    else reject(error);
  });
  const closed = () => reject(new Error("ssh: the connection was closed during the handshake"));
  client.once("close", closed);
  // ssh2 ends its timer then, and a channel of the proxy, unlike a socket, stays half open: no close would come by itself.
  client.once("end", () => {
    closed();
    client.destroy();
  });
  client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) =>
    finish(prompts.map(() => endpoint.password ?? "")),
  );
  client.setMaxListeners(0); // Everyone who shares it listens for its end.
  client.connect(sock === undefined ? config : { ...config, sock });
  return promise;
}

function forward(proxy: Client, host: string, port: number): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  proxy.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
    if (error) reject(error);
    else resolve(new ForwardedConnection(channel));
  });
  return promise;
}

/** An SSH connection, through the proxy where there is one, dialled as often as its limits allow. */
export async function dial(connection: Connection, progress: Progress): Promise<Client> {
  const { proxy } = connection;
  const retry = (what: string, limit: number) => ({ what, limit, signal: progress.signal, status: progress.status });
  if (proxy === undefined) {
    return await dialWithRetry(retry("Dial", connection.dialErrorLimit), () => connect(connection));
  }
  const bastion = await dialWithRetry(retry("Dial proxy", proxy.dialErrorLimit), () => connect(proxy)).catch(
    proxyFailed,
  );
  try {
    const client = await dialWithRetry(retry("Dial from proxy", connection.dialErrorLimit), async () =>
      connect(connection, await forward(bastion, connection.host, connection.port)),
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
