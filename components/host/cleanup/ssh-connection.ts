import type { Duplex } from "node:stream";
import ssh2, { type Client, type ServerHostKeyAlgorithm } from "ssh2";
import { hostKeyTypes, typeOfKeyBlob } from "../../settings/ssh-key.ts";

export interface SshTarget {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey: string;
  /** Pinned: `ssh-ed25519 AAAA…`. */
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

/**
 * Connects once. Only the pinned host key is taken, and only its type is offered.
 *
 * @param socket what leads to the host, where it isn't reached directly: a channel of its bastion's connection
 */
export function connect(
  target: SshTarget,
  timeoutMilliseconds: number,
  socket?: Duplex,
): Promise<{ readonly client: Client } | { readonly failure: ConnectionFailure }> {
  const { type, blob } = pinnedKey(target.hostKey);
  const client = new ssh2.Client();
  let shown: Buffer | undefined;
  return new Promise((resolve) => {
    client.once("ready", () => resolve({ client }));
    client.on("error", (error) => resolve({ failure: failureOf(error, shown) }));
    client.once("close", () => resolve({ failure: { kind: "unreachable", reason: "the connection was closed" } }));
    client.connect({
      host: target.address,
      port: target.port,
      ...(socket === undefined ? {} : { sock: socket }),
      username: target.user,
      privateKey: target.privateKey,
      readyTimeout: timeoutMilliseconds,
      keepaliveInterval: 15_000,
      algorithms: { serverHostKey: algorithmsOf(type) },
      hostVerifier: (key: Buffer) => {
        if (key.equals(blob)) return true;
        shown = key;
        return false;
      },
    });
  });
}

/** The algorithms that a key of a type signs with; an RSA key has three. */
function algorithmsOf(type: string): ServerHostKeyAlgorithm[] {
  if (type === "ssh-rsa") return ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"];
  return hostKeyTypes.filter((algorithm) => algorithm === type);
}

/** A way through a connected host to another one. */
export function forward(client: Client, { address, port }: SshTarget): Promise<Duplex> {
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
  input: string,
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
