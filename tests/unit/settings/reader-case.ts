import type { Changes } from "./stack-files.ts";

export type Stack = "pi" | "dev";

/** What is set and who reads it, then the stack file, the change that sets it, and one value after another that is refused. */
export type RefusedValues = readonly [string, Stack, (value: unknown) => Changes, readonly unknown[]];

/** What is set, the stack file and a change of it that is taken. */
export type TakenValues = readonly [string, Stack, Changes];
