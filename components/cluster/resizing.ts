import { AsyncLocalStorage } from "node:async_hooks";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../host/host.ts";
import type { RemoteRun } from "../host/run-over-ssh/remote-run.ts";
import { loadScript, type Script } from "../host/script.ts";
import { shellAssignments } from "../host/shell-assignments.ts";
import { stepCommand } from "../host/step-command.ts";
import type { ClusterSettings } from "../settings/schema/cluster.ts";
import type { Resize, Resizing } from "../site/site.ts";

const beforeScript = loadScript(import.meta.url, "./before-resize.sh");
const afterScript = loadScript(import.meta.url, "./after-resize.sh");

const program = "./node_modules/.bin/node components/host/run-over-ssh.ts";

/** A node may wait behind every other one for its turn. */
const turnSeconds = 21_600;
const readySeconds = 900;

/**
 * Resizes one node at a time: it gets the cluster's turn and is drained before its instance is stopped, and goes back to work
 * and gives the turn back once it is Ready again (a server: a voter of etcd again).
 */
export function drainedResizing(settings: ClusterSettings): Resizing {
  // The engine calls hooks from outside of the program; the SDK finds its way to the engine by the program's own context.
  const inProgram = AsyncLocalStorage.snapshot();
  const around = (script: Script, deadlineSeconds: number) => (resize: Resize) =>
    inProgram(() => run(settings, resize, script, deadlineSeconds));
  return {
    before: around(beforeScript, turnSeconds + settings.drainTimeoutSeconds),
    after: around(afterScript, readySeconds),
  };
}

/** Runs a script about the node on another server; on itself, where there is no other. */
async function run(
  settings: ClusterSettings,
  { host, servers }: Resize,
  script: Script,
  deadlineSeconds: number,
): Promise<void> {
  const via = servers.find(({ name }) => name !== host.name) ?? servers[0];
  if (via === undefined) throw new Error(`${host.name} can't be drained: the site has no server`);
  const connection = await plain(via.connection);
  const { proxy, ...target } = connection;
  const remoteRun: RemoteRun = {
    name: via.name,
    hops: [...(proxy === undefined ? [] : [proxy]), target].map(targetOf),
    command: stepCommand(script, { name: `${host.name}-${script.kind}`, deadlineSeconds, detached: true }),
    stdin: shellAssignments({
      distribution: settings.distribution,
      role: host.role,
      nodeName: host.name,
      cniByChart: "no",
      drainTimeoutSeconds: String(settings.drainTimeoutSeconds),
    }),
  };
  // Through the provider, not from here: it runs where the steps run, and in a rehearsal on the simulated hosts.
  await local.run({ command: program, stdin: JSON.stringify(remoteRun), logging: local.Logging.None });
}

type PlainConnection = pulumi.Unwrap<Connection>;

function plain(connection: Connection): Promise<PlainConnection> {
  return new Promise((resolve) => pulumi.output(connection).apply(resolve));
}

function targetOf({
  host,
  port,
  user,
  privateKey,
  hostKey,
}: Partial<PlainConnection> & { host: string }): RemoteRun["hops"][number] {
  return {
    address: host,
    port: port ?? 22,
    user: user ?? "root",
    privateKey: privateKey ?? "",
    hostKey: hostKey ?? "",
  };
}
