import type { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host.ts";
import { loadScript } from "../host/script.ts";
import { runOnHost } from "../host/step.ts";

export interface NfsServerArgs {
  readonly host: Host;
  /** Folder that is exported; made where it is missing, never removed. */
  readonly path: string;
  /** Who may mount it, as CIDRs. */
  readonly clients: readonly string[];
  readonly idmapDomain: string;
}

/** Who may mount the export: every node's subnet, and what the settings add; sorted, each once. */
export function nfsClients(hosts: readonly Pick<Host, "subnet">[], further: readonly string[]): string[] {
  return [...new Set([...hosts.map(({ subnet }) => subnet), ...further])].toSorted();
}

/**
 * The kernel's NFS server on one of the site's hosts, with one export in `/etc/exports.d/grappe.exports`. The nodes' own side
 * (nfs-common) belongs to their preparation.
 */
export function nfsServer(name: string, args: NfsServerArgs, opts: pulumi.CustomResourceOptions): remote.Command {
  const { host, path, clients, idmapDomain } = args;
  return runOnHost(
    name,
    {
      host,
      script: loadScript(import.meta.url, "./nfs-server.sh"),
      values: { path, clients: clients.join(" "), idmapDomain },
    },
    opts,
  );
}
