import grpc from "@grpc/grpc-js";

/** Pulumi's own limit for messages between engine and plugins: large enough for a state with every script of a step in it. */
const maxMessageBytes = 400 * 1024 * 1024;

/** A gRPC server that the engine can talk to. */
export function newServer(): grpc.Server {
  return new grpc.Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
}

/**
 * Lets a server listen, on this computer's loopback only.
 *
 * @param port 0: a free one
 * @returns its port
 */
export function listen(server: grpc.Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
}
