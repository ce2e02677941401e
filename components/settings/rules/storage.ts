import { appsOf, databasesOf, manifestOf } from "../../apps/manifests.ts";
import { isByOperator } from "../databases.ts";
import { nearest } from "../nearest.ts";
import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import type { Rooms } from "../schema/rooms.ts";
import { settingPath } from "../setting-path.ts";
import { nodes } from "../site-facts.ts";

type Platform = Rooms["platform"];

/** The storage classes that there will be. */
function storageClasses({ storage }: Platform): readonly string[] {
  return [...(storage.local === undefined ? [] : ["local-path"]), ...(storage.nfs === undefined ? [] : ["nfs-client"])];
}

/** The NFS server is one of the hosts. */
export const nfsHostExists = rule(["site", "platform"], ({ site, platform }) => {
  const { nfs } = platform.storage;
  if (nfs?.kind !== "server") return [];
  const names = nodes(site).map((node) => node.name);
  if (names.includes(nfs.host)) return [];
  const meant = nearest(nfs.host, names);
  return [
    {
      path: settingPath("platform", ["storage", "nfs", "host"]),
      reason: `there is no host \`${nfs.host}\`.`,
      fix: meant === undefined ? `Write one of ${names.join(", ")}.` : `Did you mean \`${meant}\`?`,
    },
  ];
});

/** What is exported to the network isn't the pods' own volumes as well. */
export const separateDataFolders = rule(["platform"], ({ platform: { storage } }) => {
  const { local, nfs } = storage;
  if (local === undefined || nfs?.kind !== "server") return [];
  const holds = (one: string, other: string) => `${other}/`.startsWith(`${one}/`);
  if (!holds(local.path, nfs.path) && !holds(nfs.path, local.path)) return [];
  return [
    {
      path: settingPath("platform", ["storage", "nfs", "path"]),
      reason: `${nfs.path} and the folder of \`grappe:platform.storage.local\`, ${local.path}, lie in each other; NFS would export volumes of single pods.`,
      fix: "Give each a folder of its own, such as /srv/nfs and /srv/volumes.",
    },
  ];
});

/** The default class is one that there is. */
export const defaultClassExists = rule(["platform"], ({ platform }) => {
  const { defaultClass } = platform.storage;
  if (defaultClass === undefined || storageClasses(platform).includes(defaultClass)) return [];
  return [missingClass(settingPath("platform", ["storage", "defaultClass"]), defaultClass)];
});

interface Volume {
  readonly what: string;
  /** Of the setting that names its class. */
  readonly path: string;
  readonly storageClass: string | undefined;
}

/** Everything that is stored. */
function volumes({ platform, apps }: Partial<Rooms>): readonly Volume[] {
  const found: Volume[] = [];
  const ingress = platform?.ingress;
  if (ingress?.persistence !== undefined) {
    const path = settingPath("platform", ["ingress", "persistence", "storageClass"]);
    found.push({ what: "the ingress's certificates", path, storageClass: ingress.persistence.storageClass });
  }
  for (const [app, settings] of Object.entries(apps ?? {}))
    for (const { what, path, storageClass } of manifestOf(settings).volumes?.(app, settings) ?? [])
      found.push({ what, path: settingPath("apps", [app, ...path, "storageClass"]), storageClass });
  return found;
}

/** Every volume names a class that there is, or there is a default. */
export const volumeClassesExist = rule(["platform", "apps"], ({ platform, apps }) => {
  const classes = storageClasses(platform);
  return volumes({ platform, apps }).flatMap(({ what, path, storageClass }): readonly Problem[] => {
    if (storageClass !== undefined) return classes.includes(storageClass) ? [] : [missingClass(path, storageClass)];
    if (platform.storage.defaultClass !== undefined) return [];
    const choice =
      classes.length === 0 ? "a class, which `storage.local` or `storage.nfs` brings" : classes.join(" or ");
    return [
      {
        path,
        reason: `is missing for ${what}, and there is no default class.`,
        fix: `Write ${choice}; or set grappe:platform.storage.defaultClass.`,
      },
    ];
  });
});

/** Several replicas share Odoo's files only where the volume can be mounted by several nodes. */
export const sharedFilestore = rule(["platform", "apps"], ({ platform, apps }) =>
  appsOf(apps, "odoo").flatMap(([name, odoo]): readonly Problem[] => {
    if (odoo.filestore === undefined) return [];
    const storageClass = odoo.filestore.storageClass ?? platform.storage.defaultClass;
    const problems: Problem[] = [];
    const { replicas = 1, filestore } = odoo;
    if (replicas > 1 && !filestore.moveToDatabase && odoo.filestoreAccessMode === "ReadWriteOnce") {
      problems.push({
        path: settingPath("apps", [name, "replicas"]),
        reason: `is ${replicas}, but a filestore with ReadWriteOnce is mounted by one node only.`,
        fix: "Write 1, or `filestoreAccessMode: ReadWriteMany` with a filestore on nfs-client, or no `filestore`.",
      });
    }
    if (odoo.filestoreAccessMode === "ReadWriteMany" && storageClass === "local-path") {
      problems.push({
        path: settingPath("apps", [name, "filestoreAccessMode"]),
        reason: "is ReadWriteMany, which a node's own disk (local-path) can't be.",
        fix: "Put the filestore on nfs-client, or write ReadWriteOnce with one replica.",
      });
    }
    return problems;
  }),
);

/** CloudNativePG's PostgreSQL is on the nodes' own disks: NFS is one machine again, and its ownership fails there. */
export const postgresOffNfs = rule(["platform", "apps"], ({ platform, apps }) =>
  databasesOf(apps).flatMap(([name, database]): readonly Problem[] => {
    const { instances, storageClass = platform.storage.defaultClass } = database;
    if (!isByOperator(platform, database) || storageClass !== "nfs-client") return [];
    const path = settingPath("apps", [name, ...database.path, "storageClass"]);
    const local = "Write local-path (with `storage.local: {}` in grappe:platform)";
    return [
      instances > 1
        ? {
            path,
            reason: `puts ${instances} PostgreSQL instances on one NFS server, with which all of them would be lost.`,
            fix: `${local}, or 1 instance.`,
          }
        : {
            path,
            reason:
              "puts a database that is backed up, and so CloudNativePG's, on NFS, where its files can't have their owner.",
            fix: `${local}; or \`backup: false\` in grappe:apps.${name}.`,
          },
    ];
  }),
);

/** What brings each storage class that the platform knows. */
const bringers = new Map([
  ["local-path", "Write `storage.local: {}` in grappe:platform, or choose another class."],
  ["nfs-client", "Write `storage.nfs` in grappe:platform, or choose another class."],
]);

function missingClass(path: string, storageClass: string): Problem {
  return {
    path,
    reason: `there is no storage class \`${storageClass}\`.`,
    fix:
      bringers.get(storageClass) ?? "Choose local-path or nfs-client, and write it under `storage` in grappe:platform.",
  };
}
