import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { RunError } from "@pulumi/pulumi/errors.js";
import grappe from "../index.ts";
import { replaceTable } from "../runtime/marked-table.ts";
import { readSettingsFile } from "../runtime/settings-files/settings-file.ts";
import { type BenchRow, benchTable } from "./bench-table.ts";
import { rehearse } from "./life.ts";
import { installedPulumi } from "./pulumi.ts";
import { withAgents } from "./scale.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const DOCUMENT = `${root}docs/performance.md`;

/** Wall seconds until a fresh Node has loaded the program with all its SDKs; the best of three. */
async function startUpSeconds(): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const started = performance.now();
    await promisify(execFile)(process.execPath, ["--eval", 'await import("./index.ts"); process.exit()'], {
      cwd: root,
    });
    times.push((performance.now() - started) / 1000);
  }
  return Math.min(...times);
}

async function measure(stack: string, agents: number): Promise<BenchRow> {
  const startUp = await startUpSeconds();
  const settings = readSettingsFile(`${root}Pulumi.${stack}.yaml`);
  const life = await rehearse({
    project: "grappe",
    settings: { ...settings, configuration: withAgents(settings.configuration, agents) },
    program: grappe,
    installed: await installedPulumi(),
    cacheFolder: `${root}.cache/rehearsal`,
    phases: ["preview", "up", "up"],
  });
  if (life.problems.length > 0)
    throw new RunError(
      `The rehearsal has problems:\n${life.problems.join("\n")}\nFix: ./grappe rehearse STACK shows them.`,
    );
  const [preview, up, noOp] = life.phases.map((phase) => phase.seconds);
  const { resources, stateBytes, simulatedSeconds } = life;
  return {
    agents,
    resources,
    stateBytes,
    startUp,
    preview: preview ?? 0,
    up: up ?? 0,
    noOp: noOp ?? 0,
    simulatedSeconds,
  };
}

/** `npm run bench [-- --stack pi] [--agents 3,10,100,500] [--write]`: the engine's and the program's own time. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stack: { type: "string", default: "pi" },
      agents: { type: "string", default: "3,10,100,500" },
      write: { type: "boolean", default: false },
    },
  });
  const rows: BenchRow[] = [];
  for (const agents of values.agents.split(",").map(Number)) {
    rows.push(await measure(values.stack, agents));
    console.log(benchTable(rows).split("\n").at(-1));
  }
  const processor = cpus()[0]?.model ?? "unknown processor";
  const about = `Stack \`${values.stack}\`, ${cpus().length} × ${processor.trim()}, Node ${process.versions.node}.`;
  console.log(`\n${about}\n\n${benchTable(rows)}`);
  if (values.write)
    writeFileSync(DOCUMENT, replaceTable(readFileSync(DOCUMENT, "utf8"), `${about}\n\n${benchTable(rows)}`));
}

await main();
