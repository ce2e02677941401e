import type { Duplex } from "node:stream";
import ssh2, { type Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import { hostKeyTypes, typeOfKeyBlob } from "../../settings/ssh-key.ts";

/** Where an SSH server is, and how it lets us in. */
export interface SshEndpoint {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey?: string;
  /** Of the private key. */
  readonly passphrase?: string;
  readonly password?: string;
  /** Path of an SSH agent's socket. */
  readonly agent?: string;
  /** Pinned: `ssh-ed25519 AAAA…`. Default: any is taken. */
  readonly hostKey?: string;
  /** Asks every 15 s whether the other side is there, and ends the connection where three answers fail to come. Default: true. */
  readonly keepAlive?: boolean;
}

/** A host, by the one key that the settings pin, and the one that lets us in. */
export interface SshTarget extends SshEndpoint {
  readonly privateKey: string;
  readonly hostKey: string;
}

export interface ConnectionFailure {
  readonly kind: "unreachable" | "other-host-key" | "login";
  readonly reason: string;
}

/** The two fields of a host key that name it; a comment may follow. */
function pinnedKey(hostKey: string): { readonly type: string; readonly blob: Buffer } {
  const [type = "", blob = ""] = hostKey.trim().split(/\s+/);
  return { type, blob: Buffer.from(blob, "base64") };
}

function failureOf(error: Error & { level?: string }, shown: Buffer | undefined): ConnectionFailure {
  if (shown !== undefined) return { kind: "other-host-key", reason: `another ${typeOfKeyBlob(shown)} key` };
  if (/no matching host key/i.test(error.message)) return { kind: "other-host-key", reason: "a key of another type" };
  const kind = error.level === "client-authentication" ? "login" : "unreachable";
  return { kind, reason: error.message };
}

/** What ssh2 is told of a pinned host key: its type alone is offered, and no other key taken. */
function pinning(hostKey: string, refused: (key: Buffer) => void): Pick<ConnectConfig, "algorithms" | "hostVerifier"> {
  const { type, blob } = pinnedKey(hostKey);
  return {
    algorithms: { serverHostKey: algorithmsOf(type) },
    hostVerifier: (key: Buffer) => {
      if (key.equals(blob)) return true;
      refused(key);
      return false;
    },
  };
}

/**
 * Connects once. Where a host key is pinned, no other is taken, and only its type is offered.
 *
 * @param socket what leads to the host, where it isn't reached directly: a channel of its bastion's connection
 */
export function connect(
  endpoint: SshEndpoint,
  timeoutMilliseconds: number,
  socket?: Duplex,
): Promise<{ readonly client: Client } | { readonly failure: ConnectionFailure }> {
  const { address, port, user, privateKey, passphrase, password, agent, hostKey, keepAlive = true } = endpoint;
  const client = new ssh2.Client();
  let shown: Buffer | undefined;
  const refused = (key: Buffer) => {
    shown = key;
  };
  return new Promise((resolve) => {
    client.once("ready", () => {
      client.setNoDelay(true); // Else every small message of SFTP waits for the kernel's timer.
      resolve({ client });
    });
    client.on("error", (error) => {
      client.destroy();
      resolve({ failure: failureOf(error, shown) });
    });
    const closed = () => resolve({ failure: { kind: "unreachable", reason: "the connection was closed" } });
    client.once("close", closed);
    // ssh2 ends its timer then, and a channel of the proxy, unlike a socket, stays half open: no close would come by itself.
    client.once("end", () => {
      closed();
      client.destroy();
    });
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(() => password ?? "")),
    );
    client.setMaxListeners(0); // Everyone who shares it listens for its end.
    client.connect({
      host: address,
      port,
      ...(socket === undefined ? {} : { sock: socket }),
      username: user,
      readyTimeout: timeoutMilliseconds,
      keepaliveInterval: keepAlive ? 15_000 : 0,
      ...(privateKey === undefined ? {} : { privateKey }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(password === undefined ? {} : { password, tryKeyboard: true }),
      ...(agent === undefined ? {} : { agent }),
      ...(hostKey === undefined ? {} : pinning(hostKey, refused)),
    });
  });
}

/** The algorithms that a key of a type signs with; an RSA key has three. */
function algorithmsOf(type: string): ServerHostKeyAlgorithm[] {
  if (type === "ssh-rsa") return ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"];
  return hostKeyTypes.filter((algorithm) => algorithm === type);
}

/** A way through a connected host to another one. */
export function forward(client: Client, { address, port }: Pick<SshEndpoint, "address" | "port">): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, address, port, (error, channel) =>
      error === undefined ? resolve(channel) : reject(error),
    );
  });
}

const maximumOutput = 64 * 1024;

/**
 * Runs a command with `input` on its stdin. The output's end, bounded, is stdout and stderr as they came.
 *
 * @param onOutput takes the output as it comes
 */
export function execute(
  client: Client,
  command: string,
  input: string | Buffer,
  onOutput?: (text: string) => void,
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    client.on("error", reject);
    client.exec(command, (error, channel) => {
      if (error !== undefined) return reject(error);
      let output = "";
      const take = (chunk: Buffer) => {
        const text = chunk.toString("utf8");
        onOutput?.(text);
        output = (output + text).slice(-maximumOutput);
      };
      channel.on("data", take);
      channel.stderr.on("data", take);
      channel.on("close", (code: number | null) => resolve({ code: code ?? 255, output }));
      channel.end(input);
    });
  });
}
