import { parseArgs, stripVTControlCharacters } from "node:util";
import { run, SubprocessError } from "../runtime/subprocess.ts";

/** A part of the nightly run. */
interface Step {
  readonly what: string;
  /** Of package.json, with what follows `--`. */
  readonly script: readonly [string, ...string[]];
}

/** How a part ended. */
export interface Outcome {
  readonly what: string;
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
}

/** All that there is, also what `.ci/run` has no time for. A cluster or cloud that one part leaves is taken away by a later one. */
const steps: readonly Step[] = [
  { what: "format, types, rooms, shell, unit tests", script: ["check"] },
  { what: "rehearsals", script: ["rehearsals"] },
  { what: "README's commands on a computer that has nothing", script: ["fresh", "--whole"] },
  { what: "lab, brought up", script: ["lab"] },
  { what: "lab, taken away", script: ["lab:down"] },
  { what: "lab's tests", script: ["lab:test"] },
  { what: "hosts with their own kernel; the shop without each of its machines", script: ["lab:nightly"] },
  { what: "lab against its floor", script: ["lab:bench"] },
  { what: "cloud, brought up", script: ["cloud"] },
  { what: "cloud's tests", script: ["cloud:test"] },
  { what: "cloud, taken away", script: ["cloud:down"] },
];

/**
 * Sums (pure) the closing lines of vitest, such as `Tests  3 failed | 120 passed (123)`, and of fresh, `fresh: 3 passed, 0 failed`;
 * without one the exit code alone counts.
 */
export function countsIn(output: string, code: number): Pick<Outcome, "passed" | "failed"> {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .filter((line) => /^\s*Tests\s|^fresh: \d+ passed/.test(line));
  const sum = (word: string) =>
    lines.reduce((total, line) => total + Number(line.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0), 0);
  const counted = { passed: sum("passed"), failed: sum("failed") };
  if (lines.length === 0) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
}

/** The closing table (pure), in Markdown, and the line that counts. */
export function renderOutcomes(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(
    ({ what, seconds, passed, failed }) =>
      `| ${what} | ${seconds.toFixed(0)} | ${passed} | ${failed} | ${failed === 0 ? "passed" : "**failed**"} |`,
  );
  const total = (key: "passed" | "failed") => outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
  const table = ["| what | seconds | passed | failed | |", "|---|---:|---:|---:|---|", ...rows].join("\n");
  return `${table}\n\n${total("passed")} passed, ${total("failed")} failed\n`;
}

async function runStep({ what, script }: Step): Promise<Outcome> {
  const [name, ...parameters] = script;
  process.stdout.write(`\n## ${what}: npm run ${script.join(" -- ")}\n\n`);
  const began = performance.now();
  let printed = "";
  const keep = (text: string) => {
    printed += text;
    process.stdout.write(text);
  };
  const command = ["npm", "run", "--silent", name, ...(parameters.length > 0 ? ["--", ...parameters] : [])] as const;
  const code = await run([...command], { onOutput: keep, onErrorLine: (line) => keep(`${line}\n`) }).then(
    () => 0,
    (error: unknown) => (error instanceof SubprocessError ? (error.code ?? 1) : 1),
  );
  return { what, seconds: (performance.now() - began) / 1_000, ...countsIn(printed, code) };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { only: { type: "string" } } });
  const outcomes: Outcome[] = [];
  for (const step of steps.filter(({ script }) => values.only === undefined || script[0] === values.only))
    outcomes.push(await runStep(step));
  process.stdout.write(`\n${renderOutcomes(outcomes)}`);
  process.exitCode = outcomes.every(({ failed }) => failed === 0) ? 0 : 1;
}
