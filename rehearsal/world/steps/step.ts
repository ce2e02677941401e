import type { Machine } from "../machine.ts";
import type { World } from "../world.ts";

export interface StepContext {
  readonly world: World;
  readonly machine: Machine;
  readonly kind: "create" | "update" | "delete";
  /** What the script reads from its stdin. */
  readonly values: ReadonlyMap<string, string>;
}

/** How one kind of script acts on the world, and how long it takes there. */
export type Step = (context: StepContext) => { readonly stdout?: string; readonly seconds: number };
