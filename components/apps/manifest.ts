import type { z } from "zod";
import type { PartName } from "../settings/part-names.ts";
import type { Exposure } from "../settings/schema/exposure.ts";

/** What every application's settings have. */
export interface AppSettings {
  readonly kind: string;
  /** Absent: reached in the cluster only. */
  readonly expose?: Exposure | undefined;
}

/** Something that an application stores, on a volume whose class the settings may name. */
export interface AppVolume {
  /** As people know it, such as `Odoo's files`. */
  readonly what: string;
  /** Steps from the application's settings to those of the volume, which may hold `storageClass`. */
  readonly path: readonly string[];
  /** Default: the default class. */
  readonly storageClass?: string | undefined;
}

/** The PostgreSQL database that an application brings along. */
export interface AppDatabase {
  readonly instances: number;
  /** Steps from the application's settings to those of the database, which hold `instances` and `storageClass`. */
  readonly path: readonly string[];
  /** Default: the default class. */
  readonly storageClass?: string | undefined;
  /** Whether it is saved where the platform saves databases. */
  readonly isWorthSaving: boolean;
}

/**
 * All that settings, bundle, documentation and tools know of a kind of application: to add one is to add a folder with its manifest and its
 * component, and a line each in manifests.ts and kinds.ts. It imports nothing of the rooms but the settings' schemas. What a kind
 * hasn't, it leaves out.
 */
export interface AppManifest<Settings extends AppSettings> {
  /** What the settings of one are, `kind` included. */
  readonly schema: z.ZodObject & z.ZodType<Settings>;
  /**
   * Under its kind as a name it needs no `kind`, and that is the usual name of the one that there is. `false`: its `kind` is always
   * written, as of those that say nothing by themselves.
   */
  readonly isNamedByKind: boolean;
  volumes?(name: string, settings: Settings): readonly AppVolume[];
  database?(settings: Settings): AppDatabase;
  /** Node labels that its pods must find. */
  placement?(settings: Settings): Readonly<Record<string, string>>;
  /** Encrypted settings that it is given: place to the setting's name, or to what is generated. */
  secrets?(settings: Settings): Readonly<Record<string, unknown>>;
  /** Names of the applications that it asks. */
  calls?(settings: Settings): readonly string[];
  /**
   * The parts whose images a host takes from a bundle for it.
   *
   * @param isByOperator whether CloudNativePG keeps its database
   */
  parts?(settings: Settings, isByOperator: boolean): readonly PartName[];
  /** The image of a program of this repository, which a bundle holds and no registry. */
  readonly ownImage?: { readonly repository: string; readonly tag: string };
  /** Names that one of it can't have: the output of its logins has its name, and these are others'. */
  readonly takenNames?: readonly string[];
}
