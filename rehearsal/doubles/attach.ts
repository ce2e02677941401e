import { listen, newServer, providerService } from "../../runtime/provider-protocol/loopback-server.ts";
import type { Stage } from "./operation.ts";
import { Protocol } from "./protocol.ts";
import type { ProviderDouble } from "./provider-double.ts";

/** Doubles that listen; the engine finds them by the value of `PULUMI_DEBUG_PROVIDERS`. */
export interface AttachedDoubles {
  readonly debugProviders: string;
  stop(): void;
}

/** Starts one gRPC server per double, as the engine tells providers apart by port. */
export async function attachDoubles(doubles: readonly ProviderDouble[], stage: Stage): Promise<AttachedDoubles> {
  const servers = doubles.map((double) => {
    const server = newServer();
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
