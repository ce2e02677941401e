import type { PropertyMap } from "./property-value.ts";

/** Which resource an operation is about. */
export interface Subject {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export interface Checked {
  readonly inputs: PropertyMap;
  readonly failures: readonly CheckFailure[];
}

/** What a creation gave. */
export interface Created {
  readonly id: string;
  readonly outputs: PropertyMap;
}

/** One provider instance's configuration; the engine connects once per instance, which tells them apart. */
export interface Instance {
  configuration: PropertyMap;
}
