import type * as pulumi from "@pulumi/pulumi";
import { loadProgram } from "../host/script.ts";
import { type AcmeAuthority, acmeStore } from "./certificates.ts";
import type { ControlHost } from "./custom-resource-gate.ts";
import type { ServerTimer } from "./server-timers.ts";

const program = loadProgram(import.meta.url, "./keep-acme-store.sh");

export interface AcmeStoreArgs {
  readonly authority: AcmeAuthority;
  /** The ingress'. */
  readonly namespace: pulumi.Input<string>;
  readonly distribution: ControlHost["distribution"];
  readonly after: readonly pulumi.Resource[];
}

/**
 * Keeps in a Secret what the ingress got from an ACME authority: the ingress' own store is a file of its pod's, and goes with its machine.
 * Certificates that are issued within five minutes before a machine's loss are asked for again.
 */
export function acmeStoreTimer({ authority, namespace, distribution, after }: AcmeStoreArgs): ServerTimer {
  return {
    unit: "grappe-acme-store",
    description: "the ingress' certificates are kept",
    program,
    values: { distribution, namespace, ...acmeStore(authority) },
    schedule: ["OnActiveSec=60", "OnUnitActiveSec=5min", "RandomizedDelaySec=30"],
    after,
  };
}
