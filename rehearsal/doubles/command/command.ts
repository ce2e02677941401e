import { randomBytes } from "node:crypto";
import { runHere } from "../../world/host-session.ts";
import { Refusal } from "../../world/refusal.ts";
import { connect, type Dial } from "../../world/ssh.ts";
import { runStep, type StepRun, stepKind } from "../../world/steps/run-step.ts";
import type { World } from "../../world/world.ts";
import { Arguments } from "../arguments.ts";
import type { InputTypes } from "../input-types/input-types.ts";
import {
  Asset,
  hasUnknown,
  isMap,
  type PropertyMap,
  type PropertyValue,
  reveal,
  revealMap,
  Secret,
  textOf,
} from "../property-value.ts";
import type { CheckFailure, ProviderDouble } from "../provider-double.ts";

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

/** The `command` provider 1.2.1 on the simulated hosts. */
export function commandDouble(world: World, types: InputTypes): ProviderDouble {
  const machineFor = (inputs: PropertyMap) => {
    const connection = new Arguments(revealMap(inputs)).object("connection");
    const proxy = connection.object("proxy");
    return connect(world, dialOf(connection), proxy.optionalText("host") === undefined ? undefined : dialOf(proxy));
  };

  const run = (command: string | undefined, inputs: PropertyMap, kind: StepRun["kind"]) => {
    if (command === undefined) return { stdout: "", stderr: "", seconds: 0, label: undefined };
    const stdin = textOf(inputs.stdin) ?? "";
    const { stdout, seconds } = runStep(world, { kind, machine: machineFor(inputs), command, stdin });
    return { stdout, stderr: "", seconds: SSH_SECONDS + seconds, label: stepKind(command) };
  };

  const copy = (inputs: PropertyMap) => {
    const machine = machineFor(inputs);
    const source = inputs.source;
    if (!(source instanceof Asset)) throw new Refusal("source must be an asset or an archive");
    machine.marks.set(`file ${textOf(inputs.remotePath) ?? ""}`, source.hash);
    // A gigabit network's hundred megabytes a second; images of a cluster are a few hundred megabytes.
    return { seconds: SSH_SECONDS + 2 };
  };

  const execute = (type: string, inputs: PropertyMap, kind: "create" | "update") => {
    if (type === LOCAL) {
      const { stdout, seconds } = runHere(world, textOf(inputs.create), textOf(inputs.stdin) ?? "");
      return { outputs: { ...inputs, stdout, stderr: "" }, seconds, label: undefined };
    }
    if (type === COPY) return { outputs: inputs, seconds: copy(inputs).seconds, label: "copy" };
    const command = (kind === "update" ? textOf(inputs.update) : undefined) ?? textOf(inputs.create);
    const { stdout, stderr, seconds, label } = run(command, inputs, kind);
    return { outputs: { ...inputs, stdout, stderr }, seconds, label };
  };

  return {
    name: "command",
    version: "1.2.1",
    check: (subject, _before, inputs) => {
      if (![COMMAND, COPY, LOCAL].includes(subject.type))
        throw new Refusal(`The command provider's double doesn't know ${subject.type}.`);
      if (subject.type === LOCAL) return { inputs, failures: types.check(LOCAL, inputs) };
      const connection = withDefaults(inputs.connection ?? null);
      const failures = [...types.check(subject.type, inputs), ...insecurities(connection, "connection")];
      return { inputs: { ...inputs, connection }, failures };
    },
    rule: () => ({ replaceOn: (property) => property === "triggers", deleteBeforeReplace: () => false }),
    unknownOutputs: (subject) => (subject.type === COPY ? [] : ["stdout", "stderr"]),
    create: (subject, inputs) => {
      const { outputs, seconds, label } = execute(subject.type, inputs, "create");
      const suffix = randomBytes(4).toString("hex");
      return { result: { id: subject.type === COPY ? suffix : `${subject.name}${suffix}`, outputs }, seconds, label };
    },
    update: (subject, _id, state, inputs) => {
      const unchangedCopy = subject.type === COPY && sameCopy(state, inputs);
      if (unchangedCopy) return { result: inputs, seconds: 0 };
      const { outputs, seconds, label } = execute(subject.type, inputs, "update");
      return { result: outputs, seconds, label };
    },
    delete: (subject, _id, state) => {
      if (subject.type === COPY) return { result: undefined, seconds: 0 };
      if (subject.type === LOCAL) {
        const { seconds } = runHere(world, textOf(state.delete), textOf(state.stdin) ?? "");
        return { result: undefined, seconds, label: "cleanup" };
      }
      const { seconds, label } = run(textOf(state.delete), state, "delete");
      return { result: undefined, seconds, label };
    },
    exists: () => true,
    // Scripts are idempotent: the next run does what is left to do.
    invoke: (token, args) => {
      if (token === "command:local:run") {
        const { stdout } = runHere(world, new Arguments(args).text("command"), new Arguments(args).text("stdin"));
        return { stdout, stderr: "" };
      }
      throw new Refusal(`The command provider's double doesn't know the function ${token}.`);
    },
  };
}

function sameCopy(before: PropertyMap, after: PropertyMap): boolean {
  const [old, next] = [before.source ?? null, after.source ?? null];
  if (hasUnknown(old) || hasUnknown(next)) return false;
  const [was, is] = [reveal(old), reveal(next)];
  return was instanceof Asset && is instanceof Asset && was.hash === is.hash && before.remotePath === after.remotePath;
}
