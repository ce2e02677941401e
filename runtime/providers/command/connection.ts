import { z } from "zod";
import type { Plain } from "../../provider-protocol/property-value.ts";

const endpoint = {
  host: z.string(),
  user: z.string().default("root"),
  port: z.number().default(22),
  password: z.string().optional(),
  privateKey: z.string().optional(),
  privateKeyPassword: z.string().optional(),
  agentSocketPath: z.string().optional(),
  dialErrorLimit: z.number().default(10),
  perDialTimeout: z.number().default(15),
  hostKey: z.string().optional(),
};

const proxyConnection = z.object(endpoint);
const connection = z.object({ ...endpoint, proxy: proxyConnection.optional() });

export type Endpoint = z.output<typeof proxyConnection>;
export type Connection = z.output<typeof connection>;

/** The connection of a resource's inputs or state, with the official provider's defaults. */
export function parseConnection(value: Plain | undefined): Connection {
  const parsed = connection.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(
    `connection: ${parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")}`,
  );
}

/** Refuses what is no line of known_hosts or authorized_keys: there the key itself says its algorithm once more. */
export function assertHostKey(line: string): void {
  const [algorithm, encoded] = line.trim().split(/\s+/);
  const blob = Buffer.from(encoded ?? "", "base64");
  const length = blob.length > 4 ? blob.readUInt32BE(0) : 0;
  if (algorithm === undefined || blob.subarray(4, 4 + length).toString() !== algorithm) {
    throw new Error("failed to parse host key: ssh: no key found");
  }
}
