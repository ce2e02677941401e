import grpc from "@grpc/grpc-js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";

/** The engine's log, by which a provider says what it waits for. Lines that can't be delivered are dropped. */
export class EngineLog {
  #client: InstanceType<typeof engineServices.EngineClient> | undefined;

  /** @param address where the engine listens, from its handshake */
  connect(address: string): void {
    this.#client?.close();
    this.#client = new engineServices.EngineClient(address, grpc.credentials.createInsecure());
  }

  #log(severity: 1 | 2 | 3, urn: string, message: string, ephemeral: boolean): void {
    const request = new engineMessages.LogRequest();
    request.setSeverity(severity);
    request.setUrn(urn);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    this.#client?.log(request, () => undefined);
  }

  status(urn: string, message: string): void {
    this.#log(engineMessages.LogSeverity.INFO, urn, message, true);
  }

  warn(urn: string, message: string): void {
    this.#log(engineMessages.LogSeverity.WARNING, urn, message, false);
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }
}
