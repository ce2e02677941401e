import { listen, newServer, providerService } from "../provider-protocol/loopback-server.ts";
import { LiveProtocol } from "./live-protocol.ts";
import type { LiveProvider } from "./live-provider.ts";

/** Live providers that listen; the engine finds them by the value of `PULUMI_DEBUG_PROVIDERS`. */
export interface AttachedProviders {
  readonly debugProviders: string;
  stop(): void;
}

/** Starts one gRPC server per provider, on this computer's loopback only. */
export async function attachLive(providers: readonly LiveProvider[]): Promise<AttachedProviders> {
  const attached = await Promise.all(
    providers.map(async (provider) => {
      const protocol = new LiveProtocol(provider);
      const server = newServer();
      server.addService(providerService, protocol.handlers());
      return { address: `${provider.name}:${await listen(server)}`, protocol, server };
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
