import type { Subject } from "../../runtime/provider-protocol/resource.ts";
import type { Effect } from "./provider-double.ts";

export type OperationKind = "create" | "update" | "delete";

/** One change that the engine asked a provider for. */
export interface Operation extends Subject {
  readonly kind: OperationKind;
  /** The provider's id of the resource; empty for a creation. */
  readonly id: string;
}

/** Who watches and disturbs the operations: the timeline, `--fail`, `--give-up` and `--kill-at`. */
export interface Stage {
  /** Called before the operation has its effect; a thrown error is the operation's failure. */
  enter(operation: Operation): void;
  /** Called after it had its effect and before the engine hears of it. Returns whether the engine is still alive. */
  leave(operation: Operation, effect: Pick<Effect<unknown>, "seconds" | "label">): boolean;
}

/** A stage on which nothing happens. */
export const emptyStage: Stage = { enter: () => undefined, leave: () => true };
