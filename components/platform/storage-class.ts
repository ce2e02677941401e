import type { PlatformSettings } from "../settings/schema/platform.ts";

export type StorageSettings = PlatformSettings["storage"];
export type StorageClassName = "local-path" | "nfs-client";

/** Annotation of the class that a claim without one gets. */
export const defaultClassAnnotation = "storageclass.kubernetes.io/is-default-class";

/** The classes that the settings ask for. */
export function storageClasses(storage: StorageSettings): StorageClassName[] {
  return [
    ...(storage.local === undefined ? [] : (["local-path"] as const)),
    ...(storage.nfs === undefined ? [] : (["nfs-client"] as const)),
  ];
}

/** The default class: the settings' choice; else NFS, whose volumes outlive any one machine; else the local one. */
export function defaultStorageClass(storage: StorageSettings): StorageClassName | undefined {
  return storage.defaultClass ?? storageClasses(storage).at(-1);
}

/**
 * The class for a database: a node's own disk where there is one, as PostgreSQL on NFS needs care that a disk doesn't
 * (`hard`, synchronous export, one writer) and CloudNativePG can't own files there at all.
 */
export function databaseStorageClass(storage: StorageSettings): StorageClassName | undefined {
  return storage.local === undefined ? defaultStorageClass(storage) : "local-path";
}
