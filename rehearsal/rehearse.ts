import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import grappe from "../index.ts";
import { type LifeOptions, rehearse } from "./life.ts";
import { installedPulumi } from "./pulumi.ts";
import { phaseLine, reportObject, summaryLines } from "./report.ts";
import { withAgents } from "./scale.ts";
import { readSettingsFile, type SettingsFile } from "./settings-file.ts";
import { drawGraph } from "./timeline/draw-graph.ts";

const USAGE = `usage: npm run rehearse -- STACK [options]

The whole life of a stack under the real Pulumi engine, with nothing real touched: up, up again, preview, destroy.

  --settings FILE   rehearse this environment file instead of Pulumi.STACK.yaml
  --change FILE     move to a second file once the first one stands, and show what changes
  --agents N        with so many agents
  --fail PATTERN    the first operation whose URN matches the regular expression fails
  --give-up PATTERN OpenStack gives up the build or resize of the first operation ("create URN") that matches
  --kill-at N       the engine is killed at its N-th provider operation
  --graph FILE.svg  draw the dependency graph and the timeline of the first up
  --json            print one object, and nothing else`;

const root = fileURLToPath(new URL("..", import.meta.url));

/** A mistake in how the command was called. */
class UsageError extends Error {}

function settingsOf(file: string, stack: string, agents: number | undefined): SettingsFile {
  if (!existsSync(file))
    throw new UsageError(`There is no ${file}. Fix: name a stack that has one, or give --settings FILE.`);
  const settings = readSettingsFile(file, stack);
  return agents === undefined ? settings : { ...settings, configuration: withAgents(settings.configuration, agents) };
}

function wholeNumber(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d+$/.test(value)) throw new UsageError(`--${name} takes a whole number, not "${value}".`);
  return Number(value);
}

function readArguments(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      settings: { type: "string" },
      change: { type: "string" },
      agents: { type: "string" },
      fail: { type: "string" },
      "give-up": { type: "string" },
      "kill-at": { type: "string" },
      graph: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [stack, ...more] = positionals;
  if (values.help || stack === undefined || more.length > 0) throw new UsageError(USAGE);
  return {
    ...values,
    stack,
    agents: wholeNumber("agents", values.agents),
    giveUp: values["give-up"],
    killAt: wholeNumber("kill-at", values["kill-at"]),
  };
}

async function main(): Promise<number> {
  const asked = readArguments(process.argv.slice(2));
  const { stack, agents, change, fail, giveUp, killAt, json, graph } = asked;
  const settings = settingsOf(asked.settings ?? `Pulumi.${stack}.yaml`, stack, agents);
  const options: LifeOptions = {
    project: "grappe",
    settings,
    ...(change === undefined ? {} : { change: settingsOf(change, stack, agents) }),
    program: grappe,
    installed: await installedPulumi(),
    cacheFolder: `${root}.cache/rehearsal`,
    disturbance: {
      ...(fail === undefined ? {} : { fail: new RegExp(fail) }),
      ...(giveUp === undefined ? {} : { giveUp: new RegExp(giveUp) }),
      ...(killAt === undefined ? {} : { killAt }),
    },
    ...(json ? {} : { onPhase: (phase) => console.log(phaseLine(phase)) }),
  };
  const life = await rehearse(options);
  if (graph !== undefined) writeFileSync(graph, drawGraph(stack, life.graph, life.scheduled));
  if (json) console.log(JSON.stringify(reportObject(life)));
  else for (const line of summaryLines(life)) console.log(line);
  return life.problems.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = 2;
}
