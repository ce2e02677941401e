import grpc from "@grpc/grpc-js";
import type { Stage } from "./operation.ts";
import { Protocol, providerService } from "./protocol.ts";
import type { ProviderDouble } from "./provider-double.ts";

/** Doubles that listen; the engine finds them by the value of `PULUMI_DEBUG_PROVIDERS`. */
export interface AttachedDoubles {
  readonly debugProviders: string;
  stop(): void;
}

/** Large enough for a state with every script of a step in it. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

function listen(server: grpc.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

/** Starts one gRPC server per double, as the engine tells providers apart by port. */
export async function attachDoubles(doubles: readonly ProviderDouble[], stage: Stage): Promise<AttachedDoubles> {
  const servers = doubles.map((double) => {
    const server = new grpc.Server({
      "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
      "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    });
    server.addService(providerService, new Protocol(double, stage).handlers());
    return { name: double.name, server };
  });
  const addresses = await Promise.all(servers.map(async ({ name, server }) => `${name}:${await listen(server)}`));
  return {
    debugProviders: addresses.join(","),
    stop: () => {
      for (const { server } of servers) server.forceShutdown();
    },
  };
}
