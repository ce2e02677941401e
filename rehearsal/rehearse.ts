import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { RunError } from "@pulumi/pulumi/errors.js";
import grappe from "../index.ts";
import { readSettingsFile, type SettingsFile } from "../runtime/settings-files/settings-file.ts";
import { type LifeOptions, rehearse } from "./life.ts";
import { installedPulumi } from "./pulumi.ts";
import { phaseLine, reportObject, summaryLines } from "./report.ts";
import { withAgents } from "./scale.ts";
import { drawGraph } from "./timeline/draw-graph.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What is rehearsed, and what goes wrong in it. */
export interface RehearsalRequest {
  readonly stack: string;
  /** File of the settings; default: `Pulumi.<stack>.yaml`. */
  readonly settings?: string;
  /** File of the settings that it is changed to once it stands. */
  readonly change?: string;
  /** Number of agents in place of those that the settings name. */
  readonly agents?: number;
  /** The first operation whose URN matches fails. */
  readonly fail?: string;
  /** OpenStack gives up the build or resize of the first operation (`create URN`) that matches. */
  readonly giveUp?: string;
  /** The engine is killed at this provider operation. */
  readonly killAt?: number;
  /** File that the dependency graph and the first up's timeline are drawn into, as SVG. */
  readonly graph?: string;
  readonly json?: boolean;
}

function settingsOf(file: string, stack: string, agents: number | undefined): SettingsFile {
  if (!existsSync(file))
    throw new RunError(`There is no ${file}. Fix: name a stack that has one, or give --settings FILE.`);
  const settings = readSettingsFile(file, stack);
  return agents === undefined ? settings : { ...settings, configuration: withAgents(settings.configuration, agents) };
}

function lifeOptions(request: RehearsalRequest): Omit<LifeOptions, "installed"> {
  const { stack, agents, change, fail, giveUp, killAt, json } = request;
  return {
    project: "grappe",
    settings: settingsOf(request.settings ?? `${root}Pulumi.${stack}.yaml`, stack, agents),
    ...(change === undefined ? {} : { change: settingsOf(change, stack, agents) }),
    program: grappe,
    cacheFolder: `${root}.cache/rehearsal`,
    disturbance: {
      ...(fail === undefined ? {} : { fail: new RegExp(fail) }),
      ...(giveUp === undefined ? {} : { giveUp: new RegExp(giveUp) }),
      ...(killAt === undefined ? {} : { killAt }),
    },
    ...(json ? {} : { onPhase: (phase) => console.log(phaseLine(phase)) }),
  };
}

/**
 * The whole life of a stack under the real Pulumi engine, with nothing real touched: up, up again, preview, destroy.
 *
 * @returns whether all of it was as it should be
 */
export async function rehearseStack(request: RehearsalRequest): Promise<boolean> {
  const options = lifeOptions(request);
  const life = await rehearse({ ...options, installed: await installedPulumi() });
  if (request.graph !== undefined) writeFileSync(request.graph, drawGraph(request.stack, life.graph, life.scheduled));
  if (request.json) console.log(JSON.stringify(reportObject(life)));
  else for (const line of summaryLines(life)) console.log(line);
  return life.problems.length === 0;
}
