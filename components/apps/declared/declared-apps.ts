import type * as pulumi from "@pulumi/pulumi";
import type { Ingress, Platform } from "../../platform/platform.ts";
import type { Settings } from "../../settings/settings.ts";
import { DeclaredWorkload } from "./declared-workload.ts";

/** Application to what was generated for it, by its place; secret. */
export type Passwords = Readonly<Record<string, Readonly<Record<string, pulumi.Output<string>>>>>;

export interface Surroundings {
  readonly platform: Platform;
  readonly nodes: readonly string[];
  readonly ingress?: Ingress;
}

/** Who says that it calls an application. */
function callersOf(name: string, { declared }: Settings["apps"]): readonly string[] {
  return Object.entries(declared).flatMap(([caller, { calls }]) => (calls.includes(name) ? [caller] : []));
}

/** Deploys the applications that the settings declare, and tells what was generated for them. */
export function declaredApps(
  { apps, applicationSecrets }: Pick<Settings, "apps" | "applicationSecrets">,
  { platform, nodes, ingress }: Surroundings,
  opts: pulumi.ComponentResourceOptions,
): { readonly declared: Readonly<Record<string, DeclaredWorkload>>; readonly passwords?: Passwords } {
  const made = Object.entries(apps.declared).map(([name, settings]) => {
    const after = Object.keys(settings.volumes).length === 0 ? platform.readyForPods : platform.ready;
    const args = { settings, secrets: applicationSecrets, callers: callersOf(name, apps), nodes, ingress, after };
    return [name, new DeclaredWorkload(name, args, opts)] as const;
  });
  const told = made.filter(([, { passwords }]) => Object.keys(passwords).length > 0);
  return {
    declared: Object.fromEntries(made),
    passwords: told.length === 0 ? undefined : Object.fromEntries(told.map(([name, app]) => [name, app.passwords])),
  };
}
