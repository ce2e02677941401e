import type { Difference } from "../provider-protocol/difference.ts";
import type { PropertyMap } from "../provider-protocol/property-value.ts";
import type { Checked, Created, Instance, Subject } from "../provider-protocol/resource.ts";

/** What accompanies every request of the engine. */
export interface Call {
  readonly subject: Subject;
  /** The provider instance, with its configuration. */
  readonly instance: Instance;
  /** Nothing may be changed; what cannot be known is `unknown`. */
  readonly preview: boolean;
  /** The resource option `customTimeouts`, in seconds; 0 where it isn't set. */
  readonly timeoutSeconds: number;
  /** Aborted when the engine cancels. */
  readonly signal: AbortSignal;
  /** Shown beside the resource until the next one. */
  status(message: string): void;
  /** Stays in the run's output. */
  warn(message: string): void;
}

/** What changes a resource gets from its new inputs, and how. */
export interface Verdict {
  readonly differences: readonly Difference[];
  /** Whether a difference at this path makes a new resource. */
  readonly replaces: (path: string) => boolean;
  readonly deleteBeforeReplace: boolean;
}

export interface CheckRequest {
  readonly before: PropertyMap;
  readonly inputs: PropertyMap;
  /** The same in a preview and the run after it, so that generated names are too. */
  readonly seed: Uint8Array;
}

export interface DiffRequest {
  readonly id: string;
  readonly state: PropertyMap;
  readonly before: PropertyMap;
  readonly after: PropertyMap;
}

export interface ExistingResource {
  readonly id: string;
  readonly state: PropertyMap;
}

/** A resource to look at again, with the inputs that it has. */
export interface ReadRequest extends ExistingResource {
  readonly inputs: PropertyMap;
}

export interface ReadResult {
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
}

/** A provider that acts on the real world, in the place of an official plugin that can't be had. */
export interface LiveProvider {
  readonly name: string;
  /** Of the official plugin whose resources and state it has. */
  readonly version: string;
  /** Properties of the provider itself whose change replaces everything under it. */
  replacesProvider?(property: string, before: PropertyMap, after: PropertyMap): boolean;
  check(call: Call, request: CheckRequest): Promise<Checked>;
  diff(call: Call, request: DiffRequest): Promise<Verdict>;
  create(call: Call, inputs: PropertyMap): Promise<Created>;
  update(call: Call, existing: ExistingResource, inputs: PropertyMap): Promise<PropertyMap>;
  delete(call: Call, existing: ExistingResource): Promise<void>;
  /** `undefined`: it is no longer there. */
  read(call: Call, existing: ReadRequest): Promise<ReadResult | undefined>;
  invoke(call: Call, token: string, args: PropertyMap): Promise<PropertyMap>;
}
