import type { Changes } from "./stack-files.ts";

/** A change of a valid stack file that breaks one rule. */
export interface RuleCase {
  readonly rule: string;
  readonly what: string;
  readonly stack: "pi" | "dev";
  readonly changes: Changes;
  /** Of the problem; where there are several, of each. */
  readonly paths: readonly string[];
  readonly reason: RegExp;
  readonly fix: RegExp;
}
