import { randomBytes } from "node:crypto";
import type { InputTypes } from "../../../runtime/provider-protocol/input-types/input-types.ts";
import {
  Asset,
  hasUnknown,
  isMap,
  type PlainMap,
  type PropertyMap,
  type PropertyValue,
  reveal,
  revealMap,
  Secret,
  textOf,
} from "../../../runtime/provider-protocol/property-value.ts";
import type { Checked, CheckFailure, Created, Subject } from "../../../runtime/provider-protocol/resource.ts";
import { runHere } from "../../world/host-session.ts";
import type { Machine } from "../../world/machine.ts";
import { Refusal } from "../../world/refusal.ts";
import { connect, type Dial } from "../../world/ssh.ts";
import { runStep, type StepRun, stepKind } from "../../world/steps/run-step.ts";
import type { World } from "../../world/world.ts";
import { Arguments } from "../arguments.ts";
import type { Effect, ProviderDouble, ReplacementRule } from "../provider-double.ts";

const COMMAND = "command:remote:Command";
const COPY = "command:remote:CopyToRemote";
const LOCAL = "command:local:Command";

/** Seconds for a login over SSH and a short script: measured on the lab's hosts. */
const SSH_SECONDS = 0.5;

const CONNECTION_DEFAULTS = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };

function withDefaults(connection: PropertyValue): PropertyValue {
  if (connection instanceof Secret) return new Secret(withDefaults(connection.value));
  if (!isMap(connection)) return connection;
  const proxy = connection.proxy === undefined ? {} : { proxy: withDefaults(connection.proxy) };
  return { ...CONNECTION_DEFAULTS, ...connection, ...proxy };
}

/** Ours, not the provider's: it ignores host keys where none is given, and our programs never may. */
function insecurities(connection: PropertyValue, path: string): CheckFailure[] {
  if (connection instanceof Secret) return insecurities(connection.value, path);
  if (!isMap(connection)) return [];
  const missing = ["hostKey", "privateKey"].filter((name) => connection[name] === undefined);
  const failures = missing.map((name) => ({ property: `${path}.${name}`, reason: `${path} has no ${name}` }));
  return connection.proxy === undefined ? failures : [...failures, ...insecurities(connection.proxy, `${path}.proxy`)];
}

function dialOf(connection: Arguments): Dial {
  return {
    host: connection.text("host"),
    port: connection.number("port"),
    user: connection.text("user"),
    privateKey: connection.text("privateKey"),
    hostKey: connection.text("hostKey"),
  };
}

/** What a script or a copy did. */
interface Executed {
  readonly outputs: PropertyMap;
  readonly seconds: number;
  readonly label?: string;
}

class CommandDouble implements ProviderDouble {
  readonly name = "command";
  readonly version = "1.2.1";
  readonly #world: World;
  readonly #types: InputTypes;

  constructor(world: World, types: InputTypes) {
    this.#world = world;
    this.#types = types;
  }

  #machineFor(inputs: PropertyMap): Machine {
    const connection = new Arguments(revealMap(inputs)).object("connection");
    const proxy = connection.object("proxy");
    const bastion = proxy.optionalText("host") === undefined ? undefined : dialOf(proxy);
    return connect(this.#world, dialOf(connection), bastion);
  }

  #run(command: string, inputs: PropertyMap, kind: StepRun["kind"]): Executed {
    const stdin = textOf(inputs.stdin) ?? "";
    const { stdout, seconds } = runStep(this.#world, { kind, machine: this.#machineFor(inputs), command, stdin });
    const label = stepKind(command);
    const executed = { outputs: { ...inputs, stdout, stderr: "" }, seconds: SSH_SECONDS + seconds };
    return label === undefined ? executed : { ...executed, label };
  }

  #runLocally(command: string | undefined, inputs: PropertyMap): Executed {
    const { stdout, seconds } = runHere(this.#world, command, textOf(inputs.stdin) ?? "");
    return { outputs: { ...inputs, stdout, stderr: "" }, seconds };
  }

  #copy(inputs: PropertyMap): Executed {
    const machine = this.#machineFor(inputs);
    const source = inputs.source;
    if (!(source instanceof Asset)) throw new Refusal("source must be an asset or an archive");
    machine.marks.set(`file ${textOf(inputs.remotePath) ?? ""}`, source.hash);
    // A gigabit network's hundred megabytes a second; images of a cluster are a few hundred megabytes.
    return { outputs: inputs, seconds: SSH_SECONDS + 2, label: "copy" };
  }

  #execute(type: string, inputs: PropertyMap, kind: "create" | "update"): Executed {
    if (type === LOCAL) return this.#runLocally(textOf(inputs.create), inputs);
    if (type === COPY) return this.#copy(inputs);
    const command = (kind === "update" ? textOf(inputs.update) : undefined) ?? textOf(inputs.create);
    if (command === undefined) return { outputs: { ...inputs, stdout: "", stderr: "" }, seconds: 0 };
    return this.#run(command, inputs, kind);
  }

  check(subject: Subject, _before: PropertyMap, inputs: PropertyMap): Checked {
    if (![COMMAND, COPY, LOCAL].includes(subject.type))
      throw new Refusal(`The command provider's double doesn't know ${subject.type}.`);
    if (subject.type === LOCAL) return { inputs, failures: this.#types.check(LOCAL, inputs) };
    const connection = withDefaults(inputs.connection ?? null);
    const failures = [...this.#types.check(subject.type, inputs), ...insecurities(connection, "connection")];
    return { inputs: { ...inputs, connection }, failures };
  }

  rule(): ReplacementRule {
    return { replaceOn: (property) => property === "triggers", deleteBeforeReplace: () => false };
  }

  unknownOutputs(subject: Subject): readonly string[] {
    return subject.type === COPY ? [] : ["stdout", "stderr"];
  }

  create(subject: Subject, inputs: PropertyMap): Effect<Created> {
    const { outputs, ...effect } = this.#execute(subject.type, inputs, "create");
    const suffix = randomBytes(4).toString("hex");
    return { ...effect, result: { id: subject.type === COPY ? suffix : `${subject.name}${suffix}`, outputs } };
  }

  update(subject: Subject, _id: string, state: PropertyMap, inputs: PropertyMap): Effect<PropertyMap> {
    if (subject.type === COPY && sameCopy(state, inputs)) return { result: inputs, seconds: 0 };
    const { outputs, ...effect } = this.#execute(subject.type, inputs, "update");
    return { ...effect, result: outputs };
  }

  delete(subject: Subject, _id: string, state: PropertyMap): Effect<undefined> {
    const command = textOf(state.delete);
    if (subject.type === LOCAL)
      return { result: undefined, seconds: this.#runLocally(command, state).seconds, label: "cleanup" };
    if (subject.type === COPY || command === undefined) return { result: undefined, seconds: 0 };
    const { outputs: _outputs, ...effect } = this.#run(command, state, "delete");
    return { ...effect, result: undefined };
  }

  /** Scripts are idempotent: the next run does what is left to do. */
  exists(): boolean {
    return true;
  }

  invoke(token: string, args: PlainMap): PropertyMap {
    if (token !== "command:local:run")
      throw new Refusal(`The command provider's double doesn't know the function ${token}.`);
    const { stdout } = runHere(this.#world, new Arguments(args).text("command"), new Arguments(args).text("stdin"));
    return { stdout, stderr: "" };
  }
}

/** The `command` provider 1.2.1 on the simulated hosts. */
export function commandDouble(world: World, types: InputTypes): ProviderDouble {
  return new CommandDouble(world, types);
}

function sameCopy(before: PropertyMap, after: PropertyMap): boolean {
  const [old, next] = [before.source ?? null, after.source ?? null];
  if (hasUnknown(old) || hasUnknown(next)) return false;
  const [was, is] = [reveal(old), reveal(next)];
  return was instanceof Asset && is instanceof Asset && was.hash === is.hash && before.remotePath === after.remotePath;
}
