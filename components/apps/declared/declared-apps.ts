import type * as pulumi from "@pulumi/pulumi";
import type { Ingress, Platform } from "../../platform/platform.ts";
import type { Settings } from "../../settings/settings.ts";
import { DeclaredChart } from "./declared-chart.ts";
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
  { apps, artifacts, applicationSecrets: secrets }: Pick<Settings, "apps" | "artifacts" | "applicationSecrets">,
  { platform, nodes, ingress }: Surroundings,
  opts: pulumi.ComponentResourceOptions,
): { readonly declared: Readonly<Record<string, DeclaredWorkload | DeclaredChart>>; readonly passwords?: Passwords } {
  const { ready, readyForPods } = platform;
  const made = Object.entries(apps.declared).map(([name, settings]) => {
    if (settings.kind === "chart")
      return [name, new DeclaredChart(name, { settings, artifacts, secrets, ingress, after: ready }, opts)] as const;
    const after = Object.keys(settings.volumes).length === 0 ? readyForPods : ready;
    const { defaultStorageClass } = platform;
    const args = { settings, secrets, callers: callersOf(name, apps), nodes, ingress, defaultStorageClass, after };
    return [name, new DeclaredWorkload(name, args, opts)] as const;
  });
  const told = made.filter(([, { passwords }]) => Object.keys(passwords).length > 0);
  return {
    declared: Object.fromEntries(made),
    passwords: told.length === 0 ? undefined : Object.fromEntries(told.map(([name, app]) => [name, app.passwords])),
  };
}
