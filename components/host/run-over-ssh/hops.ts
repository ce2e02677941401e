import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../connection.ts";
import type { RemoteRun } from "./remote-run.ts";

type PlainConnection = pulumi.Unwrap<Connection>;

function plain(connection: Connection): Promise<PlainConnection> {
  return new Promise((resolve) => pulumi.output(connection).apply(resolve));
}

function targetOf({
  host,
  port,
  user,
  privateKey,
  hostKey,
}: Partial<PlainConnection> & { host: string }): RemoteRun["hops"][number] {
  return {
    address: host,
    port: port ?? 22,
    user: user ?? "root",
    privateKey: privateKey ?? "",
    hostKey: hostKey ?? "",
  };
}

/** The way to a host for a program of ours: its bastion, where there is one, and itself. Holds the private key: for a stdin only. */
export async function hopsTo(connection: Connection): Promise<RemoteRun["hops"]> {
  const { proxy, ...target } = await plain(connection);
  return [...(proxy === undefined ? [] : [proxy]), target].map(targetOf);
}
