import type { PlainMap, PropertyMap } from "../../runtime/provider-protocol/property-value.ts";
import type { Checked, Created, Instance, Subject } from "../../runtime/provider-protocol/resource.ts";

/** How a resource gets from old to new inputs: which properties force a replacement, and in which order that happens. */
export interface ReplacementRule {
  readonly replaceOn: (property: string, path: string) => boolean;
  /** Delete the old one first; otherwise the engine creates the new one first. */
  readonly deleteBeforeReplace: (before: PropertyMap, after: PropertyMap) => boolean;
}

/** What the state holds of a resource. */
export interface Held {
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
}

/** What an operation changed, and how long the real one would have taken. */
export interface Effect<Result> {
  readonly result: Result;
  readonly seconds: number;
  /** What was done, where the resource's type doesn't say it: a step's kind. */
  readonly label?: string;
  /** What comes last, and not at all if the engine, and the provider with it, was killed before. */
  readonly finish?: () => void;
}

/**
 * A provider that works on the simulated world. `create`, `update` and `delete` are only called for real operations:
 * previews end in the protocol layer, which hands back what `planned` says.
 */
export interface ProviderDouble {
  readonly name: string;
  readonly version: string;
  check(subject: Subject, before: PropertyMap, inputs: PropertyMap, instance: Instance): Checked;
  checkConfiguration?(inputs: PropertyMap): Checked;
  /** Properties of the provider itself whose change replaces it. */
  replacesProvider?(property: string, before: PropertyMap, after: PropertyMap): boolean;
  rule(subject: Subject): ReplacementRule;
  /** What new inputs are compared with, where that isn't the old inputs. */
  compared?(held: Held): PropertyMap;
  /** Outputs of a creation or update that a preview can't know. */
  unknownOutputs(subject: Subject, kind: "create" | "update"): readonly string[];
  /** @throws InitializationFailure where something stands though it failed; so does `update` */
  create(subject: Subject, inputs: PropertyMap, instance: Instance): Effect<Created>;
  /** Whether the world still has a resource that was made, last changed with these inputs, and never deleted by itself. */
  exists(subject: Subject, id: string, inputs: PropertyMap, instance: Instance): boolean;
  /** What reading the real thing tells, where that may differ from what is held of it. */
  read?(subject: Subject, id: string, held: Held): Held;
  /** What the program asks for by its id (`Resource.get`), made by somebody else: a chart's object. */
  find?(subject: Subject, id: string, instance: Instance): Held | undefined;
  /**
   * The ids of what creations with these inputs made in the world, as the real API tells them. Missing where a creation can be
   * done twice: nothing has to be found then.
   */
  lookUp?(type: string, inputs: PropertyMap): readonly string[];
  /**
   * Ends in the world what a killed operation left open, so that the next one isn't refused. Where a double has this, an object
   * that is found goes on with the next run's update.
   */
  settle?(type: string, id: string): void;
  update(
    subject: Subject,
    id: string,
    state: PropertyMap,
    inputs: PropertyMap,
    instance: Instance,
  ): Effect<PropertyMap>;
  delete(subject: Subject, id: string, state: PropertyMap, instance: Instance): Effect<undefined>;
  invoke(token: string, args: PlainMap, instance: Instance): PropertyMap;
}
