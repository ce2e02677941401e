import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "../cluster/cluster.ts";
import type { ArtifactSource } from "../host/artifacts/artifact-source.ts";
import { inCluster } from "../platform/in-cluster.ts";
import type { Platform } from "../platform/platform.ts";
import { schedulable } from "../settings/rules/workloads.ts";
import type { Settings } from "../settings/settings.ts";
import type { Site } from "../site/site.ts";
import type { SavedAt } from "./database-backup/database-backup.ts";
import type { DeployedApp, Logins } from "./deployed-app.ts";
import { impossibleExposure } from "./exposure.ts";
import { deployApp } from "./kinds.ts";

/** What the applications tell of themselves, by their names. */
export interface Apps {
  /** The addresses at which each answers. */
  readonly urls: Readonly<Record<string, pulumi.Output<string[]>>>;
  /** Who logs in, of each that has logins. */
  readonly logins: Readonly<Record<string, Logins>>;
  /** Where each database is saved. Absent where none is. */
  readonly backups?: Readonly<Record<string, SavedAt>> | undefined;
  /** What was generated for each, by its place; secret. Absent where nothing was. */
  readonly passwords?: Readonly<Record<string, Readonly<Record<string, pulumi.Output<string>>>>> | undefined;
}

/** Throws with every exposure that the platform can't give, before any application's first resource. */
function refuseImpossibleExposures(settings: Settings, platform: Platform): void {
  const problems = Object.entries(settings.apps).flatMap(([name, app]) =>
    app.expose === undefined ? [] : (impossibleExposure(name, app.expose, platform) ?? []),
  );
  if (problems.length > 0) throw new pulumi.RunError(problems.join("\n"));
}

/** One thing that some applications tell, by their names. */
function told<Value>(
  made: readonly (readonly [string, DeployedApp])[],
  of: (app: DeployedApp) => Value | undefined,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    made.flatMap(([name, app]) => {
      const value = of(app);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const unlessEmpty = <Value>(all: Readonly<Record<string, Value>>) => (Object.keys(all).length === 0 ? undefined : all);

/** Deploys the applications that the settings name; images of our own come from the bundle, where there is one. */
export function apps(
  settings: Settings,
  site: Site,
  cluster: Cluster,
  platform: Platform,
  source: ArtifactSource,
): Apps {
  refuseImpossibleExposures(settings, platform);
  const surroundings = {
    ...{ settings, platform, source, ingress: platform.ingress, opts: inCluster(cluster) },
    nodes: site.hosts.map(({ privateAddress }) => privateAddress),
    architectures: site.hosts.map(({ architecture }) => architecture),
    schedulableNodes: schedulable(settings.site, settings.cluster).length,
  };
  const made = Object.entries(settings.apps).map(([name, app]) => [name, deployApp(name, app, surroundings)] as const);
  return {
    urls: told(made, ({ urls }) => urls),
    logins: told(made, ({ logins }) => logins),
    backups: unlessEmpty(told(made, ({ savedAt }) => savedAt)),
    passwords: unlessEmpty(told(made, ({ passwords }) => passwords && unlessEmpty(passwords))),
  };
}
