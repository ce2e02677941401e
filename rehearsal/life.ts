import assert from "node:assert/strict";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { applicationSettings } from "../components/settings/rules/application-secrets.ts";
import { rooms } from "../components/settings/schema/rooms.ts";
import { secrets as secretSchema } from "../components/settings/schema/secrets.ts";
import { inputTypesOf } from "../runtime/provider-protocol/input-types/input-types.ts";
import { canariesFor } from "../runtime/settings-files/canaries.ts";
import type { SettingsFile } from "../runtime/settings-files/settings-file.ts";
import { attachDoubles } from "./doubles/attach.ts";
import { commandDouble } from "./doubles/command/command.ts";
import { kubernetesDouble } from "./doubles/kubernetes/kubernetes.ts";
import { openstackDouble } from "./doubles/openstack/openstack.ts";
import type { ProviderDouble } from "./doubles/provider-double.ts";
import { randomDouble } from "./doubles/random.ts";
import { type PhaseName, ThrowAwayStack } from "./engine/throw-away-stack.ts";
import type { Phase } from "./phase.ts";
import { describeLeftovers, type Rehearsal } from "./report.ts";
import { Run, resourcesOf, type Standing, secretsOf } from "./run.ts";
import { cycleIn, type ResourceGraph } from "./timeline/resource-graph.ts";
import { criticalPath } from "./timeline/schedule.ts";
import { type Disturbance, Watcher } from "./watcher.ts";
import { livingClusters, type World } from "./world/world.ts";
import { plannedSettings, worldOfSettings } from "./world/world-of-settings.ts";

export interface LifeOptions {
  readonly project: string;
  readonly settings: SettingsFile;
  /** Exactly these phases, for their figures, without judging what is left at the end. Default: the whole life. */
  readonly phases?: readonly PhaseName[];
  /** Settings to move to after the first ones stand; or several, one after another, of which all but the last may be refused. */
  readonly change?: SettingsFile | readonly SettingsFile[];
  /** Something else to be done with what stands, before the destroy. */
  readonly beforeDestroy?: (standing: Standing) => Promise<void>;
  /** GiB of the disks of OpenStack's flavors, by name, where they aren't the same. */
  readonly disks?: Readonly<Record<string, number>>;
  readonly program: automation.PulumiFn;
  /** An earlier edition of the program, which the first `up` is made with. Default: it is made with `program`. */
  readonly former?: automation.PulumiFn;
  readonly installed: automation.PulumiCommand;
  readonly disturbance?: Disturbance;
  /** Folder for what is read of the SDKs' types. */
  readonly cacheFolder: string;
  readonly onPhase?: (phase: Phase) => void;
}

/** The whole life of a stack under the real engine, with nothing real touched. */
export interface Life extends Rehearsal {
  /** The dependency graph after the first run. */
  readonly graph: ResourceGraph;
  /** Of the state after the first run. */
  readonly stateBytes: number;
  /** What the first run did, and when it would have. */
  readonly scheduled: Phase["scheduled"];
}

function doublesOn(world: World, cacheFolder: string): ProviderDouble[] {
  const types = (packageName: string) => inputTypesOf(packageName, cacheFolder);
  return [
    openstackDouble(world.cloud, types("@pulumi/openstack")),
    commandDouble(world, types("@pulumi/command")),
    kubernetesDouble(() => livingClusters(world), types("@pulumi/kubernetes")),
    randomDouble(types("@pulumi/random"), world.secrets),
  ];
}

function settingsAfter({ change }: LifeOptions): readonly SettingsFile[] {
  if (change === undefined) return [];
  return "stack" in change ? [change] : change;
}

/** Runs the phases that were asked for; the first `up` that creates anything tells the figures. */
async function begin(run: Run, phases: readonly PhaseName[]): Promise<Phase> {
  const done: Phase[] = [];
  for (const op of phases) done.push(await run.phase(op));
  const told = done.find(({ op, create }) => op === "up" && create > 0) ?? done.at(-1);
  assert(told !== undefined, "A rehearsal needs a phase.");
  return told;
}

async function live(run: Run, options: LifeOptions): Promise<Life> {
  const first = await begin(run, options.phases ?? ["up"]);
  const graph = run.graph();
  const stateBytes = run.stateBytes();
  const cycle = cycleIn(graph);
  if (cycle !== undefined) run.problems.push(`the graph has a cycle: ${cycle.join(" -> ")}`);
  let changes: Phase["changes"] | undefined;
  if (first.ok && options.phases === undefined) {
    if (options.former !== undefined) {
      run.moveTo(options.program);
      changes = (await run.phase("up")).changes;
    }
    await run.quiet("up");
    await run.quiet("preview");
    for (const change of settingsAfter(options)) {
      run.change(change);
      changes = (await run.phase("up")).changes;
      await run.quiet("up");
    }
    await options.beforeDestroy?.(run.standing);
    await run.phase("destroy");
  }
  const leftovers = options.phases === undefined ? run.leftovers() : [];
  if (leftovers.length > 0) run.problems.push(`something was left behind: ${describeLeftovers(leftovers)}`);
  const leaks = run.leaks();
  if (leaks.length > 0) run.problems.push(`${leaks.length} secrets stand in plain sight`);
  return {
    stack: options.settings.stack,
    phases: run.phases,
    resources: resourcesOf(graph).length,
    simulatedSeconds: first.simulatedSeconds,
    criticalPath: criticalPath(first.scheduled),
    leftovers,
    leaks,
    changes,
    disturbed: run.disturbed,
    problems: run.problems,
    graph,
    stateBytes,
    scheduled: first.scheduled,
  };
}

/** A run warns of credentials for DNS that nothing uses. */
function isPlanted(name: string, options: LifeOptions): boolean {
  const all = [options.settings, ...settingsAfter(options)];
  return name !== "dnsCredentials" || JSON.stringify(all.map((file) => file.configuration)).includes('"dnsChallenge"');
}

/** The encrypted settings that applications of a stack are given. */
const ofApplications = ({ configuration }: SettingsFile): readonly string[] =>
  applicationSettings(rooms.apps.safeParse(configuration["grappe:apps"] ?? {}).data);

/**
 * Rehearses the life of a stack under the real engine and a throw-away backend: up, up again with nothing to do, an empty
 * preview, a change if there is one, destroy. What isn't as it must be is in the result's `problems`.
 */
export async function rehearse(options: LifeOptions): Promise<Life> {
  const { settings, project } = options;
  const own = Object.keys(secretSchema.shape).filter((name) => isPlanted(name, options));
  const canaries = canariesFor([
    ...new Set([...own, ...[settings, ...settingsAfter(options)].flatMap(ofApplications)]),
  ]);
  const secrets = secretsOf(project, canaries);
  const privateKey = secrets[`${project}:sshPrivateKey`] ?? "";
  const planned = [settings, ...settingsAfter(options)].flatMap(
    (file) => plannedSettings(file.stack, file.configuration, secrets) ?? [],
  );
  const world = worldOfSettings(planned, privateKey, options.disks);
  for (const name of options.disturbance?.cloned ?? []) world.cloned.add(name);
  const doubles = doublesOn(world, options.cacheFolder);
  let stack: ThrowAwayStack | undefined;
  const watcher = new Watcher(options.disturbance ?? {}, {
    kill: () => stack?.command.kill(),
    giveUp: () => {
      world.cloud.givesUp = true;
    },
  });
  const attached = await attachDoubles(doubles, watcher);
  try {
    stack = await ThrowAwayStack.create({
      project,
      stack: settings.stack,
      program: options.former ?? options.program,
      configuration: settings.configuration,
      secrets,
      debugProviders: attached.debugProviders,
      installed: options.installed,
      checkpoints: options.disturbance?.killAt !== undefined,
    });
    return await live(new Run(options, stack, world, doubles, watcher, canaries), options);
  } finally {
    attached.stop();
    stack?.remove();
  }
}
