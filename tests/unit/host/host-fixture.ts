import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../../../components/host/host.ts";
import { HostScripts } from "../../../components/host/toolkit/host-scripts.ts";
import type { HostPlan } from "../../../components/settings/settings.ts";

/** A server of this name, as it is planned. */
export const hostPlan = (name: string): HostPlan => ({
  name,
  role: "server",
  privateAddress: "192.168.1.11",
  subnet: "192.168.1.0/24",
  podSubnet: "10.42.0.0/24",
  architecture: "arm64",
  labels: {},
  taints: [],
});

const connection = { host: "192.168.1.11", hostKey: "ssh-ed25519 AAAA" };

/** A server of this name, made of nothing; `changes` are the fields that matter to a test. */
export const host = (name: string, changes: Partial<Host> = {}): Host => ({
  ...hostPlan(name),
  connection,
  scripts: new HostScripts({ name, connection }),
  identity: pulumi.output(`machine-${name}`),
  environment: "hardware",
  reachableAfter: [],
  ...changes,
});
