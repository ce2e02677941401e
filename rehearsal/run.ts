import { readFileSync } from "node:fs";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import type { Canary } from "../runtime/settings-files/canaries.ts";
import type { SettingsFile } from "../runtime/settings-files/settings-file.ts";
import type { ProviderDouble } from "./doubles/provider-double.ts";
import type { PhaseName, ThrowAwayStack } from "./engine/throw-away-stack.ts";
import { findLeaks, type Leak, marksOf } from "./leaks.ts";
import { type Phase, phaseOf, ROOT_TYPE } from "./phase.ts";
import { recover } from "./recovery.ts";
import { type GraphResource, graphOfState, type ResourceGraph } from "./timeline/resource-graph.ts";
import { overlapping } from "./timeline/schedule.ts";
import type { Watcher } from "./watcher.ts";
import { deleteInstance } from "./world/cloud/compute.ts";
import { forgottenNodes, leftInWorld, standingMachines, type World } from "./world/world.ts";
import { exchangeMachines, plannedSettings } from "./world/world-of-settings.ts";

/** A stack that stands, in the world that it was built in. */
export interface Standing {
  readonly stack: automation.Stack;
  readonly world: World;
}

interface RunOptions {
  readonly project: string;
  readonly onPhase?: (phase: Phase) => void;
}

/** By configuration key. */
export function secretsOf(project: string, canaries: readonly Canary[]): Record<string, string> {
  return Object.fromEntries(canaries.map(({ name, value }) => [`${project}:${name}`, value]));
}

/** Everything in a state but the stack itself. */
export function resourcesOf(graph: ResourceGraph): GraphResource[] {
  return [...graph.values()].filter(({ type }) => type !== ROOT_TYPE);
}

/** One run of a rehearsal: the stack, the world that it is built in, and what was seen so far. */
export class Run {
  readonly #options: RunOptions;
  readonly #stack: ThrowAwayStack;
  readonly #world: World;
  readonly #doubles: readonly ProviderDouble[];
  readonly #watcher: Watcher;
  readonly #canaries: readonly Canary[];
  readonly #events: automation.EngineEvent[] = [];
  readonly phases: Phase[] = [];
  readonly problems: string[] = [];

  constructor(
    options: RunOptions,
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

  stateBytes(): number {
    return Buffer.byteLength(this.#state());
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

  /** Goes on with another program. What the one before has brought to machines doesn't count: it was another edition. */
  moveTo(program: automation.PulumiFn): void {
    for (const machine of standingMachines(this.#world)) machine.marks.delete("toolkit");
    this.#stack.changeProgram(program);
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
