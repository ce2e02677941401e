import { parseArgs } from "node:util";
import { RunError } from "@pulumi/pulumi/errors.js";
import { progressOf } from "../../runtime/progress.ts";
import { makeFreshComputer } from "./fresh-computer.ts";

const help = `Tries README's commands on computers that have nothing but what README asks for: pristine Debian 12, each with storage,
networks and caches of its own, on this computer's kernel.

  npm run fresh                 npm ci && npm run lab, as far as hosts that answer; npm ci && npm run check
  npm run fresh -- --whole      both of README's commands: npm ci && npm run lab; npm ci && npm test
`;

/** The hosts go at the end, in good order, whatever became of the rest: else they would leave control groups to this kernel. */
const thenDown = (command: string): string => `trap './grappe lab down' EXIT; ${command}`;

/** Each on a computer of its own: what one installs would hide what the other doesn't. */
interface Trial {
  readonly name: string;
  readonly command: string;
}

const short: readonly Trial[] = [
  { name: "npm ci && npm run lab, as far as hosts that answer", command: thenDown("npm ci && npm run lab -- hosts") },
  { name: "npm ci && npm run check", command: "npm ci && npm run check" },
];

const whole: readonly Trial[] = [
  { name: "npm ci && npm run lab", command: thenDown("npm ci && npm run lab") },
  { name: "npm ci && npm test", command: "npm ci && npm test" },
];

const write = (line: string): unknown => process.stdout.write(`${line}\n`);

/** In the words of vitest's own, which is what counts tests here. */
function closingLine(passed: number, failed: number): string {
  const counts = [...(failed > 0 ? [`${failed} failed`] : []), ...(passed > 0 ? [`${passed} passed`] : [])];
  return `Tests  ${counts.join(" | ")} (${passed + failed})`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { whole: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const trials = values.whole ? whole : short;
  const failures: string[] = [];
  for (const trial of trials) {
    await carryOut(trial).catch((error: unknown) => {
      failures.push(`${trial.name}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
  write(closingLine(trials.length - failures.length, failures.length));
  if (failures.length > 0) throw new RunError(failures.join("\n"));
}

async function carryOut({ name, command }: Trial): Promise<void> {
  const computer = await makeFreshComputer(progressOf("fresh computer"));
  const began = performance.now();
  write(`fresh computer: ${name}`);
  try {
    // Marked, as what it prints holds the closing lines of other tests.
    await computer.run(command, (line) => write(`  │ ${line}`));
  } finally {
    write(`fresh computer: ${name}: ended after ${((performance.now() - began) / 1_000).toFixed(0)} s`);
    await computer.remove();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`fresh: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
