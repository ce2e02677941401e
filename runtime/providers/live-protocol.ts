import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import type plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import type messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { callFailure } from "../provider-protocol/initialization-failure.ts";
import { Instances } from "../provider-protocol/instances.ts";
import {
  checkResponse,
  configureResponse,
  createResponse,
  diffResponse,
  fromStruct,
  handshakeResponse,
  invokeResponse,
  pluginInfo,
  providerDiffResponse,
  readResponse,
  subjectOf,
  unignored,
  updateResponse,
} from "../provider-protocol/protocol-messages.ts";
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
  readonly #instances = new Instances();
  #cancel = new AbortController();

  constructor(provider: LiveProvider) {
    this.#provider = provider;
  }

  close(): void {
    this.#cancel.abort();
    this.#log.close();
  }

  #call(request: ResourceRequest, peer: string): Call {
    const subject = subjectOf(request);
    return {
      subject,
      instance: this.#instances.of(peer),
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
    return handshakeResponse();
  }

  #configure(request: messages.ConfigureRequest, peer: string): messages.ConfigureResponse {
    this.#instances.of(peer).configuration = fromStruct(request.getArgs());
    return configureResponse();
  }

  #diffConfig(request: messages.DiffRequest): messages.DiffResponse {
    const provider = this.#provider;
    return providerDiffResponse(request, (...change) => provider.replacesProvider?.(...change) ?? false);
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
    return diffResponse(
      unignored(verdict.differences, request),
      (_property, path) => verdict.replaces(path),
      () => verdict.deleteBeforeReplace,
    );
  }

  async #create(request: messages.CreateRequest, peer: string): Promise<messages.CreateResponse> {
    const created = await this.#provider.create(this.#call(request, peer), fromStruct(request.getProperties()));
    return createResponse(created.id, created.outputs);
  }

  async #update(request: messages.UpdateRequest, peer: string): Promise<messages.UpdateResponse> {
    const existing = { id: request.getId(), state: fromStruct(request.getOlds()) };
    const inputs = fromStruct(request.getNews());
    return updateResponse(await this.#provider.update(this.#call(request, peer), existing, inputs));
  }

  async #delete(request: messages.DeleteRequest, peer: string): Promise<empty.Empty> {
    const existing = { id: request.getId(), state: fromStruct(request.getProperties()) };
    await this.#provider.delete(this.#call(request, peer), existing);
    return new empty.Empty();
  }

  async #read(request: messages.ReadRequest, peer: string): Promise<messages.ReadResponse> {
    const state = fromStruct(request.getProperties());
    const existing = { id: request.getId(), state, inputs: fromStruct(request.getInputs()) };
    return readResponse(await this.#provider.read(this.#call(request, peer), existing));
  }

  async #invoke(request: messages.InvokeRequest, peer: string): Promise<messages.InvokeResponse> {
    const nowhere = { getUrn: () => "", getType: () => request.getTok(), getName: () => "" };
    const args = fromStruct(request.getArgs());
    return invokeResponse(await this.#provider.invoke(this.#call(nowhere, peer), request.getTok(), args));
  }

  #stop(): empty.Empty {
    this.#cancel.abort();
    return new empty.Empty();
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
      getPluginInfo: answer(() => pluginInfo(this.#provider.version)),
    };
  }
}
