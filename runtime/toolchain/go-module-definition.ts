/**
 * A Go module of ours: a folder whose go.mod and go.sum pin programs and all that they are made of. Programs are its `tool`
 * dependencies, or are written there.
 */
export interface GoModule {
  /** How it is called in the cache and in progress lines. */
  readonly name: string;
  /** Where it lies. */
  readonly folder: string;
  /** The module among its requirements whose version is the programs' version; or that version itself, of our own code. */
  readonly versionOf: string | { readonly fixed: string };
  /** What is built, as `go build` takes it. Default: the module's tools. */
  readonly packages?: string;
  /** A patch in the folder, of what the module requires: paths below `vendor`. */
  readonly patch?: string;
  /** A module of which only some folders are taken: those of ours beside go.mod, by which it is replaced, are filled up from it. */
  readonly partly?: PartlyTaken;
  /** Linker variables that tell the programs which version they are. */
  readonly stamps: (version: SemanticVersion) => Readonly<Record<string, string>>;
}

/** A module that is copied in part into a folder, beside what stands there. */
export interface PartlyTaken {
  readonly module: string;
  /** The hash of the whole module, as go.sum would have it. */
  readonly sum: string;
  /** The folder of ours. */
  readonly folder: string;
  /** What is copied into it, below the module's root; without tests. */
  readonly paths: readonly string[];
}

/** A version as go.mod has it (`text`, `v1.36.3`) and its parts. */
export interface SemanticVersion {
  readonly text: string;
  readonly major: string;
  readonly minor: string;
}
