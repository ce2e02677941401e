import assert from "node:assert/strict";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import * as settings from "@pulumi/pulumi/runtime/settings.js";

/** The SDK's options of its connections to the engine (`grpcClientOptions`, which its types leave out). */
function connectionOptions(): object {
  const options: unknown = Reflect.get(settings, "grpcClientOptions");
  if (typeof options === "object" && options !== null) return options;
  assert.fail(
    "@pulumi/pulumi has no grpcClientOptions any more: runtime/engine/inline-program.ts must learn their new name.",
  );
}

/**
 * The program, for the Automation API to run inside this process, as often as wanted.
 *
 * Every run has an engine of its own at ports of its own; the SDK never closes its connections to them, and gRPC shares a
 * broken one with whatever comes to the same address. So a run whose engine gets a port that a failed run's engine had would
 * be refused at once; the SDK takes that for the engine's end and says nothing (`isGrpcError` in its automation/server.js), the
 * engine takes the program for ended, and deletes whatever wasn't declared: everything. Hence each connection is kept for itself.
 */
export function inlineProgram<Program extends PulumiFn>(program: Program): Program {
  Object.assign(connectionOptions(), { "grpc.use_local_subchannel_pool": 1 });
  return program;
}
