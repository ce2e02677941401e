import { AsyncLocalStorage } from "node:async_hooks";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../connection.ts";
import { hopsTo } from "../run-over-ssh/hops.ts";

const program = "./node_modules/.bin/node components/host/deliver-toolkit.ts";

export interface HostScriptsArgs {
  /** The host's name in the plan. */
  readonly name: string;
  readonly connection: Connection;
  /** Another machine may take its place while the program runs. Default: false. */
  readonly inTurn?: boolean;
}

/** What a step's resource carries, so that its script is on the machine when it runs. */
export type ScriptHooks = Pick<pulumi.ResourceHookBinding, "beforeCreate" | "beforeUpdate">;

/**
 * Brings our scripts to a host before the first step that runs there: once in a run of the program, and only in one in which a step does run.
 * That is no resource, as a step can run on a machine whose own resources come later: a server speaks for the nodes that are
 * replaced before it.
 */
export class HostScripts {
  readonly #args: HostScriptsArgs;
  // The engine calls hooks from outside of the program; the SDK finds its way to the engine by the program's own context.
  readonly #inProgram = AsyncLocalStorage.snapshot();
  /** To the machine that stands in the end. */
  #delivered: Promise<void> | undefined;
  /** To one that may be replaced yet. */
  #deliveredBefore: Promise<void> | undefined;
  #hooks:
    | { readonly own: ScriptHooks; readonly speaking: ScriptHooks; readonly brought: pulumi.ResourceHook }
    | undefined;

  constructor(args: HostScriptsArgs) {
    this.#args = args;
  }

  /** Of steps on the host itself, which belong to the machine that stands in the end. */
  get own(): ScriptHooks {
    return this.#allHooks.own;
  }

  /** Of steps on the host that are about others: they run on whichever machine it is then. */
  get speaking(): ScriptHooks {
    return this.#allHooks.speaking;
  }

  /** To be called after the creation of a resource that brings them itself, as it is on the machine anyway. */
  get brought(): pulumi.ResourceHook {
    return this.#allHooks.brought;
  }

  get #allHooks() {
    const { name, inTurn = false } = this.#args;
    const before = (hook: pulumi.ResourceHook): ScriptHooks => ({ beforeCreate: [hook], beforeUpdate: [hook] });
    this.#hooks ??= {
      own: before(new pulumi.ResourceHook(`scripts-on-${name}`, () => this.#ensure())),
      speaking: before(
        new pulumi.ResourceHook(`scripts-speaking-on-${name}`, () => (inTurn ? this.#ensureBefore() : this.#ensure())),
      ),
      brought: new pulumi.ResourceHook(`scripts-brought-to-${name}`, () => {
        this.#delivered ??= Promise.resolve();
      }),
    };
    return this.#hooks;
  }

  #ensure(): Promise<void> {
    this.#delivered ??= this.#deliver();
    return this.#delivered;
  }

  #ensureBefore(): Promise<void> {
    this.#deliveredBefore ??= this.#deliver();
    return this.#delivered ?? this.#deliveredBefore;
  }

  #deliver(): Promise<void> {
    return this.#inProgram(async () => {
      const { name, connection } = this.#args;
      const hops = await hopsTo(connection);
      await local.run({ command: program, stdin: JSON.stringify({ name, hops }), logging: local.Logging.None });
    });
  }
}
