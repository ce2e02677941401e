import type { Operation, Stage } from "./doubles/operation.ts";
import type { TimedOperation } from "./timeline/schedule.ts";
import { Refusal } from "./world/refusal.ts";

/** How a rehearsal disturbs the engine; each happens once at most. */
export interface Disturbance {
  /** The first operation whose URN this matches fails. */
  readonly fail?: RegExp;
  /**
   * The engine is killed at this operation, counted from 1 over the whole rehearsal: odd ones die before their effect, even ones
   * after it. Or after the effect of the first whose kind and URN (`create urn:…`) this matches. The engine hears of neither.
   */
  readonly killAt?: number | RegExp;
  /** OpenStack gives up the build or resize of the first operation whose kind and URN (`create urn:…`) this matches. */
  readonly giveUp?: RegExp;
  /** Machines, by name, that were copied from one image and bear one machine id, until a run has refused them. */
  readonly cloned?: readonly string[];
}

/** How the watcher reaches what it disturbs. */
export interface Disturbed {
  /** Kills the engine. */
  kill(): void;
  /** Makes OpenStack give up the next build or resize. */
  giveUp(): void;
}

/** Watches every operation of the providers, writes down what it took, and disturbs as asked. */
export class Watcher implements Stage {
  readonly #disturbance: Disturbance;
  readonly #world: Disturbed;
  #operations: TimedOperation[] = [];
  #count = 0;
  #failed = false;
  #dead = false;
  /** What was disturbed, for the report. */
  disturbed: string | undefined;

  constructor(disturbance: Disturbance, world: Disturbed) {
    this.#disturbance = disturbance;
    this.#world = world;
  }

  /** Operations begun so far, over all phases. */
  get count(): number {
    return this.#count;
  }

  /** Whether the disturbance that was asked for has happened. */
  get hasDisturbed(): boolean {
    return this.disturbed !== undefined;
  }

  /** Hands over the finished operations of a phase; the next phase begins with a living engine. */
  takeOperations(): TimedOperation[] {
    const taken = this.#operations;
    this.#operations = [];
    this.#dead = false;
    return taken;
  }

  enter(operation: Operation): void {
    if (this.#dead) throw new Refusal("The engine was killed.");
    this.#count += 1;
    const { fail, killAt, giveUp } = this.#disturbance;
    if (fail !== undefined && !this.#failed && fail.test(operation.urn)) {
      this.#failed = true;
      this.disturbed = `failed: ${operation.kind} ${operation.name}`;
      throw new Refusal(`${operation.name}: this failure was rehearsed (--fail).`);
    }
    if (!this.hasDisturbed && giveUp?.test(`${operation.kind} ${operation.urn}`) === true) {
      this.disturbed = `given up: ${operation.kind} ${operation.name}`;
      this.#world.giveUp();
    }
    if (killAt === this.#count && this.#count % 2 === 1) {
      this.#die(operation, "before");
      throw new Refusal("The engine was killed.");
    }
  }

  #diesAfter({ kind, urn }: Operation): boolean {
    const { killAt } = this.#disturbance;
    if (this.hasDisturbed || killAt === undefined) return false;
    return killAt instanceof RegExp ? killAt.test(`${kind} ${urn}`) : killAt === this.#count && this.#count % 2 === 0;
  }

  leave(operation: Operation, { seconds, label }: { seconds: number; label?: string }): boolean {
    const { kind, urn, name, type } = operation;
    if (this.#diesAfter(operation)) {
      this.#die(operation, "after");
      return false;
    }
    this.#operations.push({ kind, urn, name, type, seconds, ...(label === undefined ? {} : { label }) });
    return true;
  }

  #die(operation: Operation, when: "before" | "after"): void {
    this.#dead = true;
    this.disturbed = `killed ${when} the effect of operation ${this.#count}: ${operation.kind} ${operation.name}`;
    this.#world.kill();
  }
}
