import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { type Difference, differences } from "./difference.ts";
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

/** Of a resource's differences those that `ignoreChanges` doesn't name. */
export function unignored(found: readonly Difference[], request: messages.DiffRequest): readonly Difference[] {
  const ignored = request.getIgnorechangesList();
  return found.filter((one) => !ignored.some((path) => one.path.startsWith(path)));
}

/** What changes of a provider's own configuration mean: which of them replace it. */
export function providerDiffResponse(
  request: messages.DiffRequest,
  replacesProvider: (property: string, before: PropertyMap, after: PropertyMap) => boolean = () => false,
): messages.DiffResponse {
  const before = fromStruct(request.getOldInputs() ?? request.getOlds());
  const after = fromStruct(request.getNews());
  return diffResponse(
    differences(before, after),
    (property) => replacesProvider(property, before, after),
    () => false,
  );
}

/** Our providers take secrets as such, and no values of resources or outputs. */
export function handshakeResponse(): messages.ProviderHandshakeResponse {
  const response = new messages.ProviderHandshakeResponse();
  response.setAcceptSecrets(true);
  response.setAcceptResources(false);
  response.setAcceptOutputs(false);
  return response;
}

/** As at the handshake; and previews reach our providers. */
export function configureResponse(): messages.ConfigureResponse {
  const response = new messages.ConfigureResponse();
  response.setAcceptsecrets(true);
  response.setSupportspreview(true);
  response.setAcceptresources(false);
  response.setAcceptoutputs(false);
  return response;
}

export function pluginInfo(version: string): plugins.PluginInfo {
  const info = new plugins.PluginInfo();
  info.setVersion(version);
  return info;
}

export function createResponse(id: string, outputs: PropertyMap): messages.CreateResponse {
  const response = new messages.CreateResponse();
  response.setId(id);
  response.setProperties(toStruct(outputs));
  return response;
}

export function updateResponse(outputs: PropertyMap): messages.UpdateResponse {
  const response = new messages.UpdateResponse();
  response.setProperties(toStruct(outputs));
  return response;
}

/** @param found `undefined`: it is no longer there */
export function readResponse(
  found: { readonly id: string; readonly inputs: PropertyMap; readonly outputs: PropertyMap } | undefined,
): messages.ReadResponse {
  const response = new messages.ReadResponse();
  if (found === undefined) return response;
  response.setId(found.id);
  response.setProperties(toStruct(found.outputs));
  response.setInputs(toStruct(found.inputs));
  return response;
}

export function invokeResponse(result: PropertyMap): messages.InvokeResponse {
  const response = new messages.InvokeResponse();
  response.setReturn(toStruct(result));
  return response;
}
