import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { differences } from "../provider-protocol/difference.ts";
import { callFailure } from "../provider-protocol/initialization-failure.ts";
import {
  checkResponse,
  diffResponse,
  fromStruct,
  subjectOf,
  toStruct,
} from "../provider-protocol/protocol-messages.ts";
import type { Instance } from "../provider-protocol/resource.ts";
import { EngineLog } from "./engine-log.ts";
import type { Call, LiveProvider } from "./live-provider.ts";

interface ResourceRequest {
  getUrn(): string;
  getType(): string;
  getName(): string;
  getPreview?(): boolean;
  getTimeout?(): number;
}

/** Pulumi's provider protocol for one live provider. Calls run side by side; the engine decides how many. */
export class LiveProtocol {
  readonly #provider: LiveProvider;
  readonly #log = new EngineLog();
  /** By the engine's connection: one per provider instance. */
  readonly #instances = new Map<string, Instance>();
  #cancel = new AbortController();

  constructor(provider: LiveProvider) {
    this.#provider = provider;
  }

  close(): void {
    this.#cancel.abort();
    this.#log.close();
  }

  #instance(peer: string): Instance {
    const known = this.#instances.get(peer) ?? { configuration: {} };
    this.#instances.set(peer, known);
    return known;
  }

  #call(request: ResourceRequest, peer: string): Call {
    const subject = subjectOf(request);
    return {
      subject,
      instance: this.#instance(peer),
      preview: request.getPreview?.() ?? false,
      timeoutSeconds: request.getTimeout?.() ?? 0,
      signal: this.#cancel.signal,
      status: (message) => this.#log.status(subject.urn, message),
      warn: (message) => this.#log.warn(subject.urn, message),
    };
  }

  #handshake(request: messages.ProviderHandshakeRequest): messages.ProviderHandshakeResponse {
    this.#log.connect(request.getEngineAddress());
    this.#cancel = new AbortController();
    const response = new messages.ProviderHandshakeResponse();
    response.setAcceptSecrets(true);
    response.setAcceptResources(false);
    response.setAcceptOutputs(false);
    return response;
  }

  #configure(request: messages.ConfigureRequest, peer: string): messages.ConfigureResponse {
    this.#instance(peer).configuration = fromStruct(request.getArgs());
    const response = new messages.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setSupportspreview(true);
    response.setAcceptresources(false);
    response.setAcceptoutputs(false);
    return response;
  }

  #diffConfig(request: messages.DiffRequest): messages.DiffResponse {
    const before = fromStruct(request.getOldInputs() ?? request.getOlds());
    const after = fromStruct(request.getNews());
    const replaces = (property: string) => this.#provider.replacesProvider?.(property, before, after) ?? false;
    return diffResponse(differences(before, after), replaces, () => false);
  }

  async #check(request: messages.CheckRequest, peer: string): Promise<messages.CheckResponse> {
    const { inputs, failures } = await this.#provider.check(this.#call(request, peer), {
      before: fromStruct(request.getOlds()),
      inputs: fromStruct(request.getNews()),
      seed: request.getRandomseed_asU8(),
    });
    return checkResponse(inputs, failures);
  }

  async #diff(request: messages.DiffRequest, peer: string): Promise<messages.DiffResponse> {
    const verdict = await this.#provider.diff(this.#call(request, peer), {
      id: request.getId(),
      state: fromStruct(request.getOlds()),
      before: fromStruct(request.getOldInputs()),
      after: fromStruct(request.getNews()),
    });
    const ignored = request.getIgnorechangesList();
    const found = verdict.differences.filter((one) => !ignored.some((path) => one.path.startsWith(path)));
    return diffResponse(
      found,
      (_property, path) => verdict.replaces(path),
      () => verdict.deleteBeforeReplace,
    );
  }

  async #create(request: messages.CreateRequest, peer: string): Promise<messages.CreateResponse> {
    const created = await this.#provider.create(this.#call(request, peer), fromStruct(request.getProperties()));
    const response = new messages.CreateResponse();
    response.setId(created.id);
    response.setProperties(toStruct(created.outputs));
    return response;
  }

  async #update(request: messages.UpdateRequest, peer: string): Promise<messages.UpdateResponse> {
    const existing = { id: request.getId(), state: fromStruct(request.getOlds()) };
    const outputs = await this.#provider.update(this.#call(request, peer), existing, fromStruct(request.getNews()));
    const response = new messages.UpdateResponse();
    response.setProperties(toStruct(outputs));
    return response;
  }

  async #delete(request: messages.DeleteRequest, peer: string): Promise<empty.Empty> {
    const existing = { id: request.getId(), state: fromStruct(request.getProperties()) };
    await this.#provider.delete(this.#call(request, peer), existing);
    return new empty.Empty();
  }

  async #read(request: messages.ReadRequest, peer: string): Promise<messages.ReadResponse> {
    const state = fromStruct(request.getProperties());
    const existing = { id: request.getId(), state, inputs: fromStruct(request.getInputs()) };
    const found = await this.#provider.read(this.#call(request, peer), existing);
    const response = new messages.ReadResponse();
    if (found === undefined) return response;
    response.setId(found.id);
    response.setProperties(toStruct(found.outputs));
    response.setInputs(toStruct(found.inputs));
    return response;
  }

  async #invoke(request: messages.InvokeRequest, peer: string): Promise<messages.InvokeResponse> {
    const nowhere = { getUrn: () => "", getType: () => request.getTok(), getName: () => "" };
    const args = fromStruct(request.getArgs());
    const response = new messages.InvokeResponse();
    response.setReturn(toStruct(await this.#provider.invoke(this.#call(nowhere, peer), request.getTok(), args)));
    return response;
  }

  #stop(): empty.Empty {
    this.#cancel.abort();
    return new empty.Empty();
  }

  #pluginInfo(): plugins.PluginInfo {
    const info = new plugins.PluginInfo();
    info.setVersion(this.#provider.version);
    return info;
  }

  #attach(request: plugins.PluginAttach): empty.Empty {
    this.#log.connect(request.getAddress());
    return new empty.Empty();
  }

  /** The handlers for a gRPC server; every thrown error becomes the call's failure. */
  handlers(): UntypedServiceImplementation {
    const answer =
      <Request, Response>(work: (request: Request, peer: string) => Response | Promise<Response>) =>
      (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
        Promise.resolve()
          .then(() => work(call.request, call.getPeer()))
          .then(
            (response) => callback(null, response),
            (error: unknown) => callback(callFailure(error)),
          );
      };
    return {
      handshake: answer((request: messages.ProviderHandshakeRequest) => this.#handshake(request)),
      checkConfig: answer((request: messages.CheckRequest) => checkResponse(fromStruct(request.getNews()), [])),
      diffConfig: answer((request: messages.DiffRequest) => this.#diffConfig(request)),
      configure: answer((request: messages.ConfigureRequest, peer) => this.#configure(request, peer)),
      check: answer((request: messages.CheckRequest, peer) => this.#check(request, peer)),
      diff: answer((request: messages.DiffRequest, peer) => this.#diff(request, peer)),
      create: answer((request: messages.CreateRequest, peer) => this.#create(request, peer)),
      update: answer((request: messages.UpdateRequest, peer) => this.#update(request, peer)),
      delete: answer((request: messages.DeleteRequest, peer) => this.#delete(request, peer)),
      read: answer((request: messages.ReadRequest, peer) => this.#read(request, peer)),
      invoke: answer((request: messages.InvokeRequest, peer) => this.#invoke(request, peer)),
      cancel: answer(() => this.#stop()),
      attach: answer((request: plugins.PluginAttach) => this.#attach(request)),
      getPluginInfo: answer(() => this.#pluginInfo()),
    };
  }
}
