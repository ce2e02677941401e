import type grpc from "@grpc/grpc-js";
import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { differences } from "../../runtime/provider-protocol/difference.ts";
import { callFailure, InitializationFailure } from "../../runtime/provider-protocol/initialization-failure.ts";
import { hasUnknown, type PropertyMap, revealMap, unknown } from "../../runtime/provider-protocol/property-value.ts";
import {
  checkResponse,
  diffResponse,
  fromStruct,
  subjectOf,
  toStruct,
} from "../../runtime/provider-protocol/protocol-messages.ts";
import type { Created, Instance, Subject } from "../../runtime/provider-protocol/resource.ts";
import type { Operation, OperationKind, Stage } from "./operation.ts";
import type { Effect, Held, ProviderDouble } from "./provider-double.ts";

type Answer<Response> = (error: Partial<grpc.StatusObject> | null, response?: Response) => void;

/** What a preview can say of a resource's outputs. */
function planned(
  double: ProviderDouble,
  kind: "create" | "update",
  subject: Subject,
  inputs: PropertyMap,
  state: PropertyMap,
): PropertyMap {
  const open = double.unknownOutputs(subject, kind).filter((name) => inputs[name] === undefined);
  return { ...state, ...inputs, ...Object.fromEntries(open.map((name) => [name, unknown])) };
}

/**
 * Pulumi's provider protocol for one double: decodes what the engine sends, ends previews, lets the stage disturb the
 * operations, and turns errors into the failures that the engine reports.
 */
export class Protocol {
  readonly #double: ProviderDouble;
  readonly #stage: Stage;
  /** By the engine's connection: one per provider instance. */
  readonly #instances = new Map<string, Instance>();
  /** What everything that stands was made and changed with, by URN and id (some providers' ids are all the same): what reading the real thing would tell. */
  readonly #known = new Map<string, Held>();

  constructor(double: ProviderDouble, stage: Stage) {
    this.#double = double;
    this.#stage = stage;
  }

  #instance(call: { getPeer(): string }): Instance {
    const known = this.#instances.get(call.getPeer());
    if (known !== undefined) return known;
    const instance: Instance = { configuration: {} };
    this.#instances.set(call.getPeer(), instance);
    return instance;
  }

  #operate<Result>(
    kind: OperationKind,
    subject: Subject,
    id: string,
    run: () => Effect<Result>,
    answer: (result: Result) => void,
  ): void {
    const operation: Operation = { ...subject, kind, id };
    this.#stage.enter(operation);
    const effect = run();
    if (!this.#stage.leave(operation, effect)) return;
    effect.finish?.();
    answer(effect.result);
  }

  /** Does what makes or changes a resource, and keeps what stands afterwards: a failure may leave something, too. */
  #change<Result>(
    { urn }: Subject,
    inputs: PropertyMap,
    work: () => Effect<Result>,
    standing: (result: Result) => Created,
  ): Effect<Result> {
    const keep = ({ id, outputs }: Created) => this.#known.set(`${urn} ${id}`, { inputs, outputs });
    try {
      const effect = work();
      keep(standing(effect.result));
      return effect;
    } catch (error) {
      if (error instanceof InitializationFailure) keep(error);
      throw error;
    }
  }

  handshake(): messages.ProviderHandshakeResponse {
    const response = new messages.ProviderHandshakeResponse();
    response.setAcceptSecrets(true);
    response.setAcceptResources(false);
    response.setAcceptOutputs(false);
    return response;
  }

  checkConfig(request: messages.CheckRequest): messages.CheckResponse {
    const inputs = fromStruct(request.getNews());
    const checked = this.#double.checkConfiguration?.(inputs) ?? { inputs, failures: [] };
    return checkResponse(checked.inputs, checked.failures);
  }

  diffConfig(request: messages.DiffRequest): messages.DiffResponse {
    const before = fromStruct(request.getOldInputs() ?? request.getOlds());
    const after = fromStruct(request.getNews());
    const replaces = (property: string) => this.#double.replacesProvider?.(property, before, after) ?? false;
    return diffResponse(differences(before, after), replaces, () => false);
  }

  configure(request: messages.ConfigureRequest, instance: Instance): messages.ConfigureResponse {
    instance.configuration = fromStruct(request.getArgs());
    const response = new messages.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setSupportspreview(true);
    response.setAcceptresources(false);
    response.setAcceptoutputs(false);
    return response;
  }

  check(request: messages.CheckRequest, instance: Instance): messages.CheckResponse {
    const inputs = fromStruct(request.getNews());
    const checked = this.#double.check(subjectOf(request), fromStruct(request.getOlds()), inputs, instance);
    return checkResponse(checked.inputs, checked.failures);
  }

  diff(request: messages.DiffRequest): messages.DiffResponse {
    const held: Held = { inputs: fromStruct(request.getOldInputs()), outputs: fromStruct(request.getOlds()) };
    const before = this.#double.compared?.(held) ?? held.inputs;
    const after = fromStruct(request.getNews());
    const ignored = request.getIgnorechangesList();
    const found = differences(before, after).filter((one) => !ignored.some((path) => one.path.startsWith(path)));
    const rule = this.#double.rule(subjectOf(request));
    return diffResponse(found, rule.replaceOn, () => rule.deleteBeforeReplace(before, after));
  }

  create(request: messages.CreateRequest, instance: Instance, answer: Answer<messages.CreateResponse>): void {
    const subject = subjectOf(request);
    const inputs = fromStruct(request.getProperties());
    if (request.getPreview()) {
      const response = new messages.CreateResponse();
      response.setProperties(toStruct(planned(this.#double, "create", subject, inputs, {})));
      answer(null, response);
      return;
    }
    const create = () => this.#double.create(subject, inputs, instance);
    const run = () => this.#change(subject, inputs, create, (created) => created);
    this.#operate("create", subject, "", run, (created) => {
      const response = new messages.CreateResponse();
      response.setId(created.id);
      response.setProperties(toStruct(created.outputs));
      answer(null, response);
    });
  }

  update(request: messages.UpdateRequest, instance: Instance, answer: Answer<messages.UpdateResponse>): void {
    const subject = subjectOf(request);
    const state = fromStruct(request.getOlds());
    const inputs = fromStruct(request.getNews());
    const reply = (outputs: PropertyMap) => {
      const response = new messages.UpdateResponse();
      response.setProperties(toStruct(outputs));
      answer(null, response);
    };
    if (request.getPreview()) {
      reply(planned(this.#double, "update", subject, inputs, state));
      return;
    }
    const id = request.getId();
    const update = () => this.#double.update(subject, id, state, inputs, instance);
    const run = () => this.#change(subject, inputs, update, (outputs) => ({ id, outputs }));
    this.#operate("update", subject, id, run, reply);
  }

  delete(request: messages.DeleteRequest, instance: Instance, answer: Answer<empty.Empty>): void {
    const subject = subjectOf(request);
    const state = fromStruct(request.getProperties());
    const id = request.getId();
    const run = () => {
      const effect = this.#double.delete(subject, id, state, instance);
      this.#known.delete(`${subject.urn} ${id}`);
      return effect;
    };
    this.#operate("delete", subject, id, run, () => answer(null, new empty.Empty()));
  }

  read(request: messages.ReadRequest, instance: Instance): messages.ReadResponse {
    const subject = subjectOf(request);
    const id = request.getId();
    const known = this.#known.get(`${subject.urn} ${id}`);
    const response = new messages.ReadResponse();
    const held = known === undefined ? this.#double.find?.(subject, id, instance) : known;
    if (held === undefined) return response;
    if (known !== undefined && !this.#double.exists(subject, id, known.inputs, instance)) return response;
    const { inputs, outputs } = this.#double.read?.(subject, id, held) ?? held;
    response.setId(id);
    response.setProperties(toStruct(outputs));
    response.setInputs(toStruct(inputs));
    return response;
  }

  invoke(request: messages.InvokeRequest, instance: Instance): messages.InvokeResponse {
    const args = fromStruct(request.getArgs());
    const response = new messages.InvokeResponse();
    if (hasUnknown(args)) throw new Error(`${request.getTok()} was called with values that aren't known yet.`);
    response.setReturn(toStruct(this.#double.invoke(request.getTok(), revealMap(args), instance)));
    return response;
  }

  /** The handlers for a gRPC server; every thrown error becomes the call's failure. */
  handlers(): UntypedServiceImplementation {
    const guarded =
      <Request, Response>(work: (request: Request, instance: Instance, answer: Answer<Response>) => void) =>
      (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
        try {
          work(call.request, this.#instance(call), (error, response) => callback(error, response));
        } catch (error) {
          callback(callFailure(error));
        }
      };
    const simple = <Request, Response>(work: (request: Request, instance: Instance) => Response) =>
      guarded<Request, Response>((request, instance, answer) => answer(null, work(request, instance)));
    return {
      handshake: simple(() => this.handshake()),
      checkConfig: simple((request: messages.CheckRequest) => this.checkConfig(request)),
      diffConfig: simple((request: messages.DiffRequest) => this.diffConfig(request)),
      configure: simple((request: messages.ConfigureRequest, instance) => this.configure(request, instance)),
      check: simple((request: messages.CheckRequest, instance) => this.check(request, instance)),
      diff: simple((request: messages.DiffRequest) => this.diff(request)),
      create: guarded((request: messages.CreateRequest, instance, answer: Answer<messages.CreateResponse>) =>
        this.create(request, instance, answer),
      ),
      update: guarded((request: messages.UpdateRequest, instance, answer: Answer<messages.UpdateResponse>) =>
        this.update(request, instance, answer),
      ),
      delete: guarded((request: messages.DeleteRequest, instance, answer: Answer<empty.Empty>) =>
        this.delete(request, instance, answer),
      ),
      read: simple((request: messages.ReadRequest, instance) => this.read(request, instance)),
      invoke: simple((request: messages.InvokeRequest, instance) => this.invoke(request, instance)),
      cancel: simple(() => new empty.Empty()),
      attach: simple(() => new empty.Empty()),
      getPluginInfo: simple(() => {
        const info = new plugins.PluginInfo();
        info.setVersion(this.#double.version);
        return info;
      }),
    };
  }
}
