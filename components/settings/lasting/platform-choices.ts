import { isFromAcme } from "../certificates.ts";
import type { Rooms } from "../schema/rooms.ts";
import { settingPath } from "../setting-path.ts";
import { type LastingChoice, type LastingSettings, unchangeable } from "./lasting-choice.ts";
import { volumeChoices } from "./volume-choices.ts";

const nfsStands = /^kubernetes:helm\.sh\/v3:Release::nfs-storage-release$/;
const classesStand =
  /^kubernetes:(helm\.sh\/v3:Release::nfs-storage-release|storage\.k8s\.io\/v1:StorageClass::local-storage-class)$/;
const ingressStands = /^kubernetes:helm\.sh\/v3:Release::traefik-release$/;

/** What the platform's storage and ingress are made with. */
export function platformChoices({ platform }: LastingSettings): readonly LastingChoice[] {
  const { ingress, certificates, storage } = platform;
  return [
    ...nfsExport(platform),
    ...(storage.local === undefined && storage.nfs === undefined ? [] : [onDelete(platform)]),
    ...(ingress?.persistence === undefined || !isFromAcme(certificates)
      ? []
      : volumeChoices({
          path: (name) => settingPath("platform", ["ingress", "persistence", name]),
          what: "the ingress's store of certificates",
          standing: ingressStands,
          size: ingress.persistence.size,
          storageClass: ingress.persistence.storageClass,
          defaultClass: storage.defaultClass,
          mayGrow: true,
          otherwise: "Or take `persistence` out: a Secret keeps them then, and certificates are got anew.",
        })),
  ];
}

/** Volumes name the export that they are on. */
function nfsExport({ storage }: Rooms["platform"]): readonly LastingChoice[] {
  const { nfs } = storage;
  if (nfs === undefined) return [];
  const choice = (name: string, chosen: string) =>
    unchangeable({
      path: settingPath("platform", ["storage", "nfs", name]),
      chosen,
      standing: nfsStands,
      made: "the class nfs-client",
      because: "its volumes say where they are, and would be looked for there in vain",
      otherwise:
        "To move: copy the files, take out what uses the class, and `storage.nfs`, `up`, then add both again, `up`, and copy them back.",
    });
  return [
    choice("kind", nfs.kind),
    choice("path", nfs.path),
    nfs.kind === "server" ? choice("host", nfs.host) : choice("server", nfs.server),
  ];
}

/** Each volume keeps what becomes of it from the day on which it was made. */
function onDelete({ storage }: Rooms["platform"]): LastingChoice {
  const { onDelete: chosen } = storage;
  return unchangeable({
    path: settingPath("platform", ["storage", "onDelete"]),
    chosen,
    standing: classesStand,
    made: "the storage classes",
    because: "a class can't be changed, and the volumes that there are would still be treated as they were made",
    otherwise:
      "Or take out what uses the classes, and the classes (`storage.local`, `storage.nfs`), `up`, and add them again, `up`; what they hold goes as was chosen first.",
  });
}
