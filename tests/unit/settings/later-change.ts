import { type Changes, type Config, change, stackFileConfig } from "./stack-files.ts";

/** A setting of a stack that stands, changed. */
export interface LaterChange {
  /** As docs/change.md writes it; of a site's settings with its kind before it. */
  readonly setting: string;
  readonly before: Config;
  readonly after: Config;
}

/** A change of a stack file of this repository, or of that with some settings more. */
export const changeOf =
  (stack: "pi" | "dev", prefix = "") =>
  (setting: string, after: Changes, more: Changes = {}): LaterChange => {
    const before = change(stackFileConfig(stack), more);
    return { setting: `${prefix}${setting}`, before, after: change(before, after) };
  };

/** Several settings of one entry, which are changed as one. */
export const each = (settings: readonly string[], one: (setting: string) => LaterChange) => settings.map(one);
