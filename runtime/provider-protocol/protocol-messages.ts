import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { Difference } from "./difference.ts";
import { decodeMap, encodeMap, type PropertyMap, type WireMap } from "./property-value.ts";
import type { CheckFailure, Subject } from "./resource.ts";

type Struct = struct.Struct;

export function toStruct(map: PropertyMap): Struct {
  const wire: { [key: string]: JavaScriptValue } = encodeMap(map);
  return struct.Struct.fromJavaScript(wire);
}

export function fromStruct(value: Struct | undefined): PropertyMap {
  if (value === undefined) return {};
  const wire: WireMap = value.toJavaScript();
  return decodeMap(wire);
}

export interface SubjectRequest {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

/** The engine leaves `type` and `name` empty in some requests; the URN says both. */
export function subjectOf(request: SubjectRequest): Subject {
  const urn = request.getUrn();
  const parts = urn.split("::");
  const qualified = parts[2] ?? "";
  return {
    urn,
    type: request.getType() || (qualified.split("$").at(-1) ?? ""),
    name: request.getName() || parts.slice(3).join("::"),
  };
}

export function failuresOf(failures: readonly CheckFailure[]): messages.CheckFailure[] {
  return failures.map((failure) => {
    const message = new messages.CheckFailure();
    message.setProperty(failure.property);
    message.setReason(failure.reason);
    return message;
  });
}

export function checkResponse(inputs: PropertyMap, failures: readonly CheckFailure[]): messages.CheckResponse {
  const response = new messages.CheckResponse();
  response.setInputs(toStruct(inputs));
  response.setFailuresList(failuresOf(failures));
  return response;
}

export function diffResponse(
  found: readonly Difference[],
  replaces: (property: string, path: string) => boolean,
  deleteBeforeReplace: () => boolean,
): messages.DiffResponse {
  const response = new messages.DiffResponse();
  const replacing = [...new Set(found.filter((one) => replaces(one.property, one.path)).map((one) => one.property))];
  response.setReplacesList(replacing);
  response.setDiffsList([...new Set(found.map((one) => one.property))]);
  response.setChanges(
    found.length > 0 ? messages.DiffResponse.DiffChanges.DIFF_SOME : messages.DiffResponse.DiffChanges.DIFF_NONE,
  );
  response.setDeletebeforereplace(replacing.length > 0 && deleteBeforeReplace());
  response.setHasdetaileddiff(true);
  const kinds = messages.PropertyDiff.Kind;
  for (const one of found) {
    const detail = new messages.PropertyDiff();
    const replace = replaces(one.property, one.path);
    if (one.kind === "add") detail.setKind(replace ? kinds.ADD_REPLACE : kinds.ADD);
    else if (one.kind === "delete") detail.setKind(replace ? kinds.DELETE_REPLACE : kinds.DELETE);
    else detail.setKind(replace ? kinds.UPDATE_REPLACE : kinds.UPDATE);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(one.path, detail);
  }
  return response;
}
