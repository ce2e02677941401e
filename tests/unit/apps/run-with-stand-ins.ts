import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { loadScript } from "../../../components/host/script.ts";
import { shellAssignments } from "../../../components/host/shell-assignments.ts";

/** A step's script whose commands are stood in for: by functions of bash, which are set before the line that begins with `before`. */
export interface ScriptWithStandIns {
  /** The module beside the script, below components. */
  readonly beside: string;
  readonly script: string;
  readonly before: string;
  readonly values: Readonly<Record<string, string>>;
  readonly standIns: string;
}

/** Runs a step's script in bash, as its host would, with other commands. */
export function runWithStandIns(run: ScriptWithStandIns): SpawnSyncReturns<string> {
  const module = new URL(`../../../components/${run.beside}`, import.meta.url).href;
  const { text } = loadScript(module, run.script);
  const line = `\n${run.before}`;
  const script = text.replace(line, () => `\n${run.standIns}${line}`);
  return spawnSync("bash", ["--norc", "-c", script], { input: shellAssignments(run.values), encoding: "utf8" });
}

/** Commands of bash that give one of these words a time in turn, and the last for good, in `$given`. */
export function inTurn(words: readonly string[]): string {
  return `
echo >> "$tries"
local words=(${words.map((word) => `'${word}'`).join(" ")}) at given
at=$(($(wc -l < "$tries") - 1))
given=\${words[at < \${#words[@]} ? at : \${#words[@]} - 1]}`;
}
