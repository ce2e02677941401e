import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host.ts";
import { loadProgram } from "../host/script.ts";
import { type AcmeAuthority, acmeStore } from "./certificates.ts";
import type { ControlHost } from "./custom-resource-gate.ts";
import { serverTimers } from "./server-timer.ts";

export interface AcmeStoreArgs {
  readonly authority: AcmeAuthority;
  /** The ingress'. */
  readonly namespace: pulumi.Input<string>;
  readonly distribution: ControlHost["distribution"];
  /** Each of them looks. */
  readonly servers: readonly Host[];
  readonly after: readonly pulumi.Resource[];
}

/**
 * What the ingress got from an ACME authority, kept in a Secret: the ingress' own store is a file of its pod's, and goes with its machine.
 * Certificates that are issued within five minutes before a machine's loss are asked for again.
 */
export class AcmeStore extends pulumi.ComponentResource {
  constructor(name: string, args: AcmeStoreArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:platform:AcmeStore", name, {}, opts);
    const { distribution, namespace, authority } = args;
    const timer = {
      unit: "grappe-acme-store",
      description: "the ingress' certificates are kept",
      program: loadProgram(import.meta.url, "./keep-acme-store.sh"),
      values: { distribution, namespace, ...acmeStore(authority) },
      schedule: ["OnActiveSec=60", "OnUnitActiveSec=5min", "RandomizedDelaySec=30"],
    };
    serverTimers(name, timer, args.servers, { parent: this, dependsOn: [...args.after] });
    this.registerOutputs();
  }
}
