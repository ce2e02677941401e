import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { secrets as secretSchema } from "../components/settings/schema/secrets.ts";
import { type Canary, canariesFor, findLeaks, type Leak, marksOf } from "./canaries.ts";
import { attachDoubles } from "./doubles/attach.ts";
import { commandDouble } from "./doubles/command/command.ts";
import { inputTypesOf } from "./doubles/input-types/input-types.ts";
import { kubernetesDouble } from "./doubles/kubernetes/kubernetes.ts";
import { openstackDouble } from "./doubles/openstack/openstack.ts";
import type { ProviderDouble } from "./doubles/provider-double.ts";
import { randomDouble } from "./doubles/random.ts";
import { type PhaseName, ThrowAwayStack } from "./engine/throw-away-stack.ts";
import { type Phase, phaseOf, ROOT_TYPE } from "./phase.ts";
import { recover } from "./recovery.ts";
import { describeLeftovers, type Rehearsal } from "./report.ts";
import type { SettingsFile } from "./settings-file.ts";
import { cycleIn, type GraphResource, graphOfState, type ResourceGraph } from "./timeline/resource-graph.ts";
import { criticalPath, overlapping } from "./timeline/schedule.ts";
import { type Disturbance, Watcher } from "./watcher.ts";
import { deleteInstance } from "./world/cloud/compute.ts";
import { forgottenNodes, leftInWorld, livingClusters, type World } from "./world/world.ts";
import { exchangeMachines, plannedSettings, worldOfSettings } from "./world/world-of-settings.ts";

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
  readonly installed: automation.PulumiCommand;
  readonly disturbance?: Disturbance;
  /** Folder for what is read of the SDKs' types. */
  readonly cacheFolder: string;
  readonly onPhase?: (phase: Phase) => void;
}

/** A stack that stands, in the world that it was built in. */
export interface Standing {
  readonly stack: automation.Stack;
  readonly world: World;
}

/** The whole life of a stack under the real engine, with nothing real touched. */
export interface Life extends Rehearsal {
  /** The dependency graph after the first run. */
  readonly graph: ResourceGraph;
  /** What the first run did, and when it would have. */
  readonly scheduled: Phase["scheduled"];
}

/** By configuration key. */
function secretsOf(project: string, canaries: readonly Canary[]): Record<string, string> {
  return Object.fromEntries(canaries.map(({ name, value }) => [`${project}:${name}`, value]));
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

/** One run of a rehearsal: the stack, the world that it is built in, and what was seen so far. */
class Run {
  readonly #options: LifeOptions;
  readonly #stack: ThrowAwayStack;
  readonly #world: World;
  readonly #doubles: readonly ProviderDouble[];
  readonly #watcher: Watcher;
  readonly #canaries: readonly Canary[];
  readonly #events: automation.EngineEvent[] = [];
  readonly phases: Phase[] = [];
  readonly problems: string[] = [];

  constructor(
    options: LifeOptions,
    stack: ThrowAwayStack,
    world: World,
    doubles: readonly ProviderDouble[],
    watcher: Watcher,
    canaries: readonly Canary[],
  ) {
    this.#options = options;
    this.#stack = stack;
    this.#world = world;
    this.#doubles = doubles;
    this.#watcher = watcher;
    this.#canaries = canaries;
  }

  #state(): string {
    return readFileSync(this.#stack.stateFile, "utf8");
  }

  graph(): ResourceGraph {
    return graphOfState(this.#state());
  }

  async #perform(op: PhaseName): Promise<Phase> {
    const before = this.graph();
    const run = await this.#stack.run(op);
    // The SDK's own debugging messages hold whole answers of the engine; the CLI shows them with --debug only.
    this.#events.push(...run.events.filter((event) => String(event.diagnosticEvent?.severity) !== "debug"));
    const phase = phaseOf(op, run, before, this.graph(), this.#watcher.takeOperations());
    this.phases.push(phase);
    this.#options.onPhase?.(phase);
    if (phase.ok && op === "up") this.problems.push(...this.#disorder(phase));
    return phase;
  }

  /** What no operation refuses by itself: servers that join at once, nodes that outlive their machines. */
  #disorder(phase: Phase): string[] {
    const joins = phase.scheduled.filter(({ label, kind }) => label === "server" && kind !== "delete");
    const overlaps = overlapping(joins).map(([a, b]) => `${a.name} and ${b.name} happen at the same time`);
    const forgotten = forgottenNodes(this.#world).map(
      (name) => `the cluster still knows ${name}, whose machine is gone`,
    );
    return [...overlaps, ...forgotten];
  }

  /** Runs a phase; where it was disturbed, recovers as a person would, and the same command must do the rest. */
  async phase(op: PhaseName): Promise<Phase> {
    const disturbedBefore = this.#watcher.hasDisturbed;
    const phase = await this.#perform(op);
    if (!phase.ok) this.#tellClonesApart();
    if (disturbedBefore || !this.#watcher.hasDisturbed) {
      if (!phase.ok) this.problems.push(`${op} failed: ${phase.errors.join("\n")}`);
      return phase;
    }
    if (phase.ok) this.problems.push(`${op} succeeded though it was disturbed (${this.#watcher.disturbed})`);
    if (this.#watcher.disturbed?.startsWith("killed") === true) await recover(this.#stack, this.#doubles);
    if (this.#watcher.disturbed?.startsWith("given up") === true) await this.#clearUp(op);
    return this.phase(op);
  }

  /** Does what a refusal of machines with one machine id says: gives each its own. */
  #tellClonesApart(): void {
    const { cloned } = this.#world;
    if (cloned.size === 0) return;
    this.#watcher.disturbed = `refused: ${[...cloned].join(" and ")} with one machine id`;
    cloned.clear();
  }

  /** Does what the run said about something that OpenStack gave up: deletes an instance in the state ERROR, refreshes. */
  async #clearUp(op: PhaseName): Promise<void> {
    const { cloud } = this.#world;
    const broken = [...cloud.instances.values()].filter(({ status }) => status === "ERROR");
    if (broken.length > 0 && (await this.#perform(op)).ok)
      this.problems.push(`${op} succeeded though OpenStack has given an instance up`);
    for (const { id } of broken) deleteInstance(cloud, id);
    await this.phase("refresh");
  }

  /** Runs a phase in which nothing may change. */
  async quiet(op: "up" | "preview"): Promise<Phase> {
    const phase = await this.phase(op);
    if (phase.ok && phase.changes.length > 0) {
      const what = phase.changes.map((change) => `${change.op} ${change.name} (${change.diffs.join(", ")})`);
      this.problems.push(`${op} should have changed nothing: ${what.join("; ")}`);
    }
    return phase;
  }

  /** Moves to other settings; machines that they name stand there from now on. */
  change(settings: SettingsFile): void {
    const secrets = secretsOf(this.#options.project, this.#canaries);
    const planned = plannedSettings(settings.stack, settings.configuration, secrets);
    const privateKey = secrets[`${this.#options.project}:sshPrivateKey`] ?? "";
    if (planned !== undefined) exchangeMachines(this.#world, planned, privateKey);
    this.#stack.changeConfiguration(settings.configuration);
  }

  leftovers(): string[] {
    return resourcesOf(this.graph())
      .map(({ urn }) => urn)
      .concat(leftInWorld(this.#world));
  }

  leaks(): Leak[] {
    const places = [
      ...this.#stack
        .backendFiles()
        .map(({ path, content }) => ({ where: path.split("/.pulumi/")[1] ?? path, text: content })),
      // One by one: all of a large stack's in one text would be longer than a string can be.
      ...this.#events.map((event) => ({ where: "events", text: JSON.stringify(event) })),
      { where: "output", text: this.#stack.command.transcript.join("\n") },
    ];
    return findLeaks(marksOf(this.#canaries, this.#world.secrets), places);
  }

  get standing(): Standing {
    return { stack: this.#stack.automation, world: this.#world };
  }

  get disturbed(): string | undefined {
    return this.#watcher.disturbed;
  }
}

function settingsAfter({ change }: LifeOptions): readonly SettingsFile[] {
  if (change === undefined) return [];
  return "stack" in change ? [change] : change;
}

/** Everything in a state but the stack itself. */
function resourcesOf(graph: ResourceGraph): GraphResource[] {
  return [...graph.values()].filter(({ type }) => type !== ROOT_TYPE);
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
  const cycle = cycleIn(graph);
  if (cycle !== undefined) run.problems.push(`the graph has a cycle: ${cycle.join(" -> ")}`);
  let changes: Phase["changes"] | undefined;
  if (first.ok && options.phases === undefined) {
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
    scheduled: first.scheduled,
  };
}

/** A run warns of credentials for DNS that nothing uses. */
function isPlanted(name: string, options: LifeOptions): boolean {
  const all = [options.settings, ...settingsAfter(options)];
  return name !== "dnsCredentials" || JSON.stringify(all.map((file) => file.configuration)).includes('"dnsChallenge"');
}

/**
 * Rehearses the life of a stack under the real engine and a throw-away backend: up, up again with nothing to do, an empty
 * preview, a change if there is one, destroy. What isn't as it must be is in the result's `problems`.
 */
export async function rehearse(options: LifeOptions): Promise<Life> {
  const { settings, project } = options;
  const canaries = canariesFor(Object.keys(secretSchema.shape).filter((name) => isPlanted(name, options)));
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
      program: options.program,
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
