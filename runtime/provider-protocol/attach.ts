import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { listen, newServer } from "./loopback-server.ts";

/** A provider that listens in this process. */
export interface ListeningProvider {
  /** As the engine knows it, such as `kubernetes`. */
  readonly name: string;
  readonly handlers: UntypedServiceImplementation;
  /** Ends what the provider is at. */
  close?(): void;
}

/** Providers that listen; the engine finds them by the value of `PULUMI_DEBUG_PROVIDERS`. */
export interface AttachedProviders {
  readonly debugProviders: string;
  stop(): void;
}

/** Starts one gRPC server per provider, on this computer's loopback only: the engine tells providers apart by port. */
export async function attachProviders(providers: readonly ListeningProvider[]): Promise<AttachedProviders> {
  const attached = await Promise.all(
    providers.map(async (provider) => {
      const server = newServer();
      server.addService(services.ResourceProviderService, provider.handlers);
      return { provider, server, address: `${provider.name}:${await listen(server)}` };
    }),
  );
  return {
    debugProviders: attached.map(({ address }) => address).join(","),
    stop: () => {
      for (const { provider, server } of attached) {
        provider.close?.();
        server.forceShutdown();
      }
    },
  };
}
