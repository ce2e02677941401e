import { manifestOf } from "../apps/manifests.ts";
import { isChart } from "../cluster/cni/manifests.ts";
import { isByOperator, needsOperator, savesDatabases } from "./databases.ts";
import { type PartName, partNames } from "./part-names.ts";
import type { Settings } from "./settings.ts";

/** The parts (pure) that applications run: Odoo means its database's image, too. */
function partsOfApps({ platform, apps }: Pick<Settings, "platform" | "apps">): readonly PartName[] {
  return Object.values(apps).flatMap((app) => {
    const manifest = manifestOf(app);
    const database = manifest.database?.(app);
    return manifest.parts?.(app, database !== undefined && isByOperator(platform, database)) ?? [];
  });
}

/** The parts (pure) that a stack of these settings runs. */
export function wantedParts({ platform, apps }: Pick<Settings, "platform" | "apps">): ReadonlySet<PartName> {
  const { loadBalancer, ingress, certificates, storage } = platform;
  const ofApps = partsOfApps({ platform, apps });
  const ofPlatform: Readonly<Partial<Record<PartName, boolean>>> = {
    "barman-cloud": savesDatabases({ platform, apps }),
    "cloudnative-pg": needsOperator({ platform, apps }),
    "local-path": storage.local !== undefined,
    metallb: loadBalancer !== "none",
    nfs: storage.nfs !== undefined,
    pebble: ingress !== undefined && certificates.authority === "pebble",
    traefik: ingress !== undefined,
  };
  return new Set(partNames.filter((name) => ofPlatform[name] === true || ofApps.includes(name)));
}

/** The parts (pure) whose images a stack's hosts take out of a bundle: those, and the pod network where it is a chart. */
export function bundledParts({
  cluster,
  ...settings
}: Pick<Settings, "cluster" | "platform" | "apps">): ReadonlySet<string> {
  return new Set<string>([...wantedParts(settings), ...(isChart(cluster) ? [cluster.cni] : [])]);
}
