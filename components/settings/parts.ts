import { isChart } from "../cluster/cni/manifests.ts";
import { isBackedUp, isByOperator } from "./databases.ts";
import type { Settings } from "./settings.ts";

/** Parts of the platform, and applications, whose images a host takes from a bundle only if the settings want them. */
export const partNames = [
  "barman-cloud",
  "cloudnative-pg",
  "local-path",
  "mailpit",
  "metallb",
  "metrics-server",
  "nfs",
  "odoo",
  "pebble",
  "postgres",
  "registry",
  "traefik",
] as const;

export type PartName = (typeof partNames)[number];

/** The parts (pure) that a stack of these settings runs: Odoo means its database's images, too. */
export function wantedParts({ platform, apps }: Pick<Settings, "platform" | "apps">): ReadonlySet<PartName> {
  const { loadBalancer, ingress, certificates, storage } = platform;
  const wants: Readonly<Record<PartName, boolean>> = {
    "barman-cloud": isBackedUp({ platform, apps }),
    "cloudnative-pg": isByOperator({ platform, apps }),
    "local-path": storage.local !== undefined,
    mailpit: false,
    metallb: loadBalancer !== "none",
    "metrics-server": false,
    nfs: storage.nfs !== undefined,
    odoo: apps.odoo !== undefined,
    pebble: ingress !== undefined && certificates.authority === "pebble",
    postgres: apps.odoo !== undefined && !isByOperator({ platform, apps }),
    registry: false,
    traefik: ingress !== undefined || apps.odoo !== undefined,
  };
  return new Set(partNames.filter((name) => wants[name]));
}

/** The parts (pure) whose images a stack's hosts take out of a bundle: those, and the pod network where it is a chart. */
export function bundledParts({
  cluster,
  ...settings
}: Pick<Settings, "cluster" | "platform" | "apps">): ReadonlySet<string> {
  return new Set<string>([...wantedParts(settings), ...(isChart(cluster) ? [cluster.cni] : [])]);
}
