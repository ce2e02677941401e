import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { runApart } from "../host/run-over-ssh/run-apart.ts";
import { loadScript, type Script } from "../host/script.ts";
import type { ClusterSettings } from "../settings/schema/cluster.ts";
import type { Resize, Resizing } from "../site/site.ts";

const beforeScript = loadScript(import.meta.url, "./before-resize.sh");
const afterScript = loadScript(import.meta.url, "./after-resize.sh");

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
  assert(via !== undefined, `${host.name} can't be drained: the site has no server`);
  await runApart(via, {
    name: `${host.name}-${script.kind}`,
    script,
    deadlineSeconds,
    values: {
      distribution: settings.distribution,
      role: host.role,
      nodeName: host.name,
      cniByChart: "no",
      drainTimeoutSeconds: String(settings.drainTimeoutSeconds),
    },
  });
}
