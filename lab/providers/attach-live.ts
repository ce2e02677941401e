import grpc from "@grpc/grpc-js";
import { providerService } from "../../rehearsal/doubles/protocol.ts";
import { LiveProtocol } from "./live-protocol.ts";
import type { LiveProvider } from "./live-provider.ts";

/** Live providers that listen; the engine finds them by the value of `PULUMI_DEBUG_PROVIDERS`. */
export interface AttachedProviders {
  readonly debugProviders: string;
  stop(): void;
}

/** Pulumi's own limit for messages between engine and plugins. */
const maxMessageBytes = 400 * 1024 * 1024;

/** Starts one gRPC server per provider, on this computer's loopback only. */
export async function attachLive(providers: readonly LiveProvider[]): Promise<AttachedProviders> {
  const attached = await Promise.all(
    providers.map(async (provider) => {
      const protocol = new LiveProtocol(provider);
      const server = new grpc.Server({
        "grpc.max_receive_message_length": maxMessageBytes,
        "grpc.max_send_message_length": maxMessageBytes,
      });
      server.addService(providerService, protocol.handlers());
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
      return { address: `${provider.name}:${await promise}`, protocol, server };
    }),
  );
  return {
    debugProviders: attached.map(({ address }) => address).join(","),
    stop: () => {
      for (const { protocol, server } of attached) {
        protocol.close();
        server.forceShutdown();
      }
    },
  };
}
