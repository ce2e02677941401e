import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import type { Client } from "ssh2";
import { differences } from "../../provider-protocol/difference.ts";
import {
  Asset,
  hasUnknown,
  isPlainMap,
  objectOf,
  type PlainMap,
  type PropertyMap,
  reveal,
  revealMap,
  Secret,
  textOf,
  unknown,
} from "../../provider-protocol/property-value.ts";
import type { Checked, CheckFailure, Created } from "../../provider-protocol/resource.ts";
import type {
  Call,
  CheckRequest,
  DiffRequest,
  ExistingResource,
  LiveProvider,
  ReadRequest,
  Verdict,
} from "../live-provider.ts";
import type { CommandOutput, Logging } from "./command-output.ts";
import { parseConnection } from "./connection.ts";
import { type CopySource, copyToHost } from "./copy-to-host.ts";
import { runLocally } from "./run-locally.ts";
import { runRemotely } from "./run-remotely.ts";
import { SharedConnections } from "./shared-connections.ts";
import { dial, overSsh } from "./ssh-client.ts";

const remoteCommand = "command:remote:Command";
const copyToRemote = "command:remote:CopyToRemote";
const localCommand = "command:local:Command";
const types = new Set([remoteCommand, copyToRemote, localCommand]);

/** Defaults that the official provider writes into the connection while it checks. */
const connectionDefaults: PropertyMap = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };

const bare = (value: PropertyMap[string]): PropertyMap[string] => (value instanceof Secret ? bare(value.value) : value);

function withDefaults(connection: PropertyMap[string]): PropertyMap[string] {
  const inner = bare(connection);
  if (typeof inner !== "object" || inner === null || Array.isArray(inner) || inner instanceof Asset) return inner;
  if (inner === unknown) return inner;
  const map: PropertyMap = { ...connectionDefaults, ...Object.fromEntries(Object.entries(inner)) };
  return map.proxy === undefined ? map : { ...map, proxy: withDefaults(map.proxy) };
}

function failuresOf(type: string, inputs: PropertyMap): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const require = (property: string) => {
    if (inputs[property] === undefined) failures.push({ property, reason: `missing required property '${property}'` });
  };
  if (type === remoteCommand || type === copyToRemote) require("connection");
  if (type === copyToRemote) {
    require("source");
    require("remotePath");
  }
  for (const property of ["assetPaths", "archivePaths"]) {
    if (inputs[property] === undefined) continue;
    failures.push({ property, reason: "only the official provider collects files; read them in the program instead" });
  }
  return failures;
}

function textsOf(value: PlainMap): Record<string, string> {
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}

function loggingOf(properties: PropertyMap): Logging {
  const logging = textOf(properties.logging);
  return logging === "stdout" || logging === "stderr" || logging === "none" ? logging : "stdoutAndStderr";
}

/** The outputs of the run before, as the environment of the next one. */
function previousOutput(properties: PropertyMap): Record<string, string> {
  if (properties.addPreviousOutputInEnv !== undefined && reveal(properties.addPreviousOutputInEnv) === false) return {};
  const [stdout, stderr] = [textOf(properties.stdout), textOf(properties.stderr)];
  return {
    ...(stdout ? { PULUMI_COMMAND_STDOUT: stdout } : {}),
    ...(stderr ? { PULUMI_COMMAND_STDERR: stderr } : {}),
  };
}

/** All outputs follow from all inputs, so one secret input makes both secret; a connection always is one. */
function withOutput(inputs: PropertyMap, output: CommandOutput): PropertyMap {
  const isSecret = Object.values(inputs).some((value) => value instanceof Secret);
  const mark = (text: string) => (isSecret ? new Secret(text) : text);
  return { ...inputs, stdout: mark(output.stdout), stderr: mark(output.stderr) };
}

function sourceOf(inputs: PropertyMap, root: string): CopySource {
  const source = reveal(inputs.source ?? null);
  const wire = source instanceof Asset ? source.wire : {};
  if (typeof wire.text === "string" && typeof wire.path !== "string") return { text: wire.text };
  if (typeof wire.path !== "string") throw new Error("source: it must be a file, a folder or a text on this computer");
  const path = resolve(root, wire.path);
  return { path: wire.path.endsWith("/") ? `${path}/` : path };
}

function hashOf(properties: PropertyMap): string {
  const source = bare(properties.source ?? null);
  return source instanceof Asset ? source.hash : "";
}

/** Runs a resource's command with the inputs and outputs in `properties`. */
async function runCommand(call: Call, root: string, command: string, properties: PropertyMap): Promise<CommandOutput> {
  const run = {
    command,
    stdin: textOf(properties.stdin),
    environment: { ...textsOf(objectOf(properties.environment)), ...previousOutput(properties) },
    logging: loggingOf(properties),
    logged: call.status,
  };
  if (call.subject.type === localCommand) {
    const interpreter = reveal(properties.interpreter ?? []);
    return await runLocally({
      ...run,
      interpreter: Array.isArray(interpreter) ? interpreter.map(String) : [],
      directory: resolve(root, textOf(properties.dir) ?? "."),
      signal: call.signal,
    });
  }
  const connection = parseConnection(reveal(properties.connection ?? null));
  return await overSsh(connection, call, (client) => runRemotely(client, run));
}

/** Copies to one host go over the same connections. */
const copying = new SharedConnections<Client>();

async function copy(call: Call, root: string, inputs: PropertyMap): Promise<void> {
  const connection = parseConnection(reveal(inputs.connection ?? null));
  await copying.use(
    JSON.stringify(connection),
    () => dial(connection, call),
    (client) => copyToHost(client, sourceOf(inputs, root), textOf(inputs.remotePath) ?? ""),
  );
}

/** A random suffix of eight hexadecimal digits, as official ids have. */
const uniqueHex = (prefix: string): string => `${prefix}${randomBytes(4).toString("hex")}`;

class CommandProvider implements LiveProvider {
  readonly name = "command";
  readonly version = "1.2.1";
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async check(call: Call, { inputs }: CheckRequest): Promise<Checked> {
    const { type } = call.subject;
    if (!types.has(type)) throw new Error(`The live command provider has no resource ${type}.`);
    const failures = failuresOf(type, inputs);
    if (inputs.connection === undefined) return { inputs, failures };
    return { inputs: { ...inputs, connection: new Secret(withDefaults(inputs.connection)) }, failures };
  }

  async diff(_call: Call, { before, after }: DiffRequest): Promise<Verdict> {
    return {
      differences: differences(before, after),
      replaces: (path) => /^triggers(?:[.[]|$)/.test(path),
      deleteBeforeReplace: false,
    };
  }

  async create(call: Call, inputs: PropertyMap): Promise<Created> {
    const isCopy = call.subject.type === copyToRemote;
    const id = uniqueHex(isCopy ? "" : call.subject.name);
    if (call.preview) {
      return { id: "", outputs: isCopy ? inputs : { ...inputs, stdout: unknown, stderr: unknown } };
    }
    if (isCopy) {
      await copy(call, this.#root, inputs);
      return { id, outputs: inputs };
    }
    const command = textOf(inputs.create);
    const output =
      command === undefined ? { stdout: "", stderr: "" } : await runCommand(call, this.#root, command, inputs);
    return { id, outputs: withOutput(inputs, output) };
  }

  async update(call: Call, { state }: ExistingResource, inputs: PropertyMap): Promise<PropertyMap> {
    const isCopy = call.subject.type === copyToRemote;
    if (call.preview) return isCopy ? inputs : { ...inputs, stdout: unknown, stderr: unknown };
    if (isCopy) {
      const isMoved = textOf(state.remotePath) !== textOf(inputs.remotePath);
      if (isMoved || hashOf(state) !== hashOf(inputs)) await copy(call, this.#root, inputs);
      return inputs;
    }
    const command = textOf(inputs.update) ?? textOf(inputs.create);
    const previous = { stdout: state.stdout ?? "", stderr: state.stderr ?? "" };
    if (command === undefined) return { ...inputs, ...previous };
    return withOutput(inputs, await runCommand(call, this.#root, command, { ...inputs, ...previous }));
  }

  async delete(call: Call, { state }: ExistingResource): Promise<void> {
    const command = textOf(state.delete);
    if (command !== undefined) await runCommand(call, this.#root, command, state);
  }

  /** The official provider reads nothing either: a refresh sees what the state has. */
  async read(_call: Call, { id, state, inputs }: ReadRequest) {
    return { id, inputs, outputs: state };
  }

  async invoke(call: Call, token: string, args: PropertyMap): Promise<PropertyMap> {
    if (token !== "command:local:run") throw new Error(`The live command provider has no function ${token}.`);
    if (hasUnknown(args)) throw new Error(`${token} was called with values that aren't known yet.`);
    const inputs = revealMap(args);
    const local: Call = { ...call, subject: { ...call.subject, type: localCommand } };
    const output = await runCommand(local, this.#root, textOf(inputs.command) ?? "", inputs);
    return isPlainMap(inputs) ? { ...inputs, ...output } : { ...output };
  }
}

/**
 * @pulumi/command 1.2.1 without its plugin: real SSH and real local processes.
 *
 * @param root the project's folder; relative paths are looked up there
 */
export function commandProvider(root: string): LiveProvider {
  return new CommandProvider(root);
}
