import type { PlatformSettings } from "../settings/schema/platform.ts";

export type StorageSettings = PlatformSettings["storage"];

/** Annotation of the class that a claim without one gets. */
export const defaultClassAnnotation = "storageclass.kubernetes.io/is-default-class";
