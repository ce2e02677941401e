import { parseArgs } from "node:util";
import { progressOf } from "../toolchain/progress.ts";
import { makeFreshComputer } from "./fresh-computer.ts";

const help = `Tries README's commands on a computer that has nothing but what README asks for: a pristine Debian 12 with storage,
networks and caches of its own, on this computer's kernel.

  npm run fresh                 npm ci, the lab as far as hosts that answer, npm run check
  npm run fresh -- --whole      both of README's commands: npm ci && npm run lab, npm ci && npm test
`;

interface Step {
  readonly name: string;
  readonly command: string;
}

/** The hosts go at the end, in good order, whatever became of the rest: else they would leave control groups to this kernel. */
const thenDown = (command: string): string => `trap 'npm run lab:down' EXIT; ${command}`;

const short: readonly Step[] = [
  { name: "npm ci", command: "npm ci" },
  { name: "npm run lab, as far as hosts that answer", command: thenDown("npm run lab -- hosts") },
  { name: "npm run check", command: "npm run check" },
];

const whole: readonly Step[] = [
  { name: "npm ci && npm run lab", command: thenDown("npm ci && npm run lab") },
  { name: "npm ci && npm test", command: "npm ci && npm test" },
];

const write = (line: string): unknown => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { whole: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const steps = values.whole ? whole : short;
  const computer = await makeFreshComputer(progressOf("fresh computer"));
  let passed = 0;
  try {
    for (const { name, command } of steps) {
      const began = performance.now();
      write(`fresh computer: ${name}`);
      // Marked, as what it prints holds the closing lines of other tests.
      await computer.run(command, (line) => write(`  │ ${line}`));
      passed += 1;
      write(`fresh computer: ${name}: done in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
    }
  } finally {
    await computer.remove();
    const failed = passed === steps.length ? 0 : 1;
    write(`fresh: ${passed} passed, ${failed} failed`);
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`fresh: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
