import grpc from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statuses from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import type { PropertyMap } from "./property-value.ts";
import { toStruct } from "./protocol-messages.ts";

/** The resource exists, but did not become what it should: the engine keeps it in the state and fails the run. */
export class InitializationFailure extends Error {
  override readonly name = "InitializationFailure";
  readonly id: string;
  readonly outputs: PropertyMap;
  readonly reasons: readonly string[];

  constructor(message: string, id: string, outputs: PropertyMap, reasons: readonly string[]) {
    super(message);
    this.id = id;
    this.outputs = outputs;
    this.reasons = reasons;
  }
}

/** The failure of a call; one that left a resource behind carries it, in google.rpc.Status's way. */
export function callFailure(error: unknown): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  const failure = { code: grpc.status.UNKNOWN, details: message };
  if (!(error instanceof InitializationFailure)) return failure;
  const left = new messages.ErrorResourceInitFailed();
  left.setId(error.id);
  left.setProperties(toStruct(error.outputs));
  left.setReasonsList([...error.reasons]);
  const detail = new any.Any();
  detail.pack(left.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statuses.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(detail);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { ...failure, metadata };
}
