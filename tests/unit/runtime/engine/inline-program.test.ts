import { setTimeout as sleep } from "node:timers/promises";
import grpc from "@grpc/grpc-js";
import { getMonitor, resetOptions } from "@pulumi/pulumi/runtime/settings.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { afterAll, expect, it } from "vitest";
import { inlineProgram } from "../../../../runtime/engine/inline-program.ts";
import { listen, newServer } from "../../../../runtime/provider-protocol/loopback-server.ts";

let engine = newServer();

/** An engine that knows no call, at a port of its own or one that was used before. */
async function startEngine(port?: number): Promise<number> {
  engine = newServer();
  return await listen(engine, port);
}

/** How the SDK's connection to the engine answers: UNIMPLEMENTED from an engine that is there. */
async function answer(): Promise<string | undefined> {
  return await new Promise((resolve) => {
    getMonitor()?.getDeploymentInfo(new Empty(), (error) => resolve(grpc.status[error?.code ?? grpc.status.OK]));
  });
}

function beginRun(port: number): void {
  resetOptions("grappe", "dev", 1, "", `127.0.0.1:${port}`, false, "");
}

afterAll(() => {
  resetOptions("", "", 1, "", "", false, "");
  engine.forceShutdown();
});

it("reaches an engine at a port that a failed run's engine had", async () => {
  inlineProgram(async () => ({}));
  const port = await startEngine();
  beginRun(port);
  expect(await answer()).toBe("UNIMPLEMENTED");
  engine.forceShutdown();
  while ((await answer()) !== "UNAVAILABLE") await sleep(10);
  await startEngine(port);
  beginRun(port);
  expect(await answer()).toBe("UNIMPLEMENTED");
});
