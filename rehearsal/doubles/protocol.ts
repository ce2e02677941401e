import type grpc from "@grpc/grpc-js";
import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import type messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { differences } from "../../runtime/provider-protocol/difference.ts";
import { callFailure, InitializationFailure } from "../../runtime/provider-protocol/initialization-failure.ts";
import { Instances } from "../../runtime/provider-protocol/instances.ts";
import { hasUnknown, type PropertyMap, revealMap, unknown } from "../../runtime/provider-protocol/property-value.ts";
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
  readonly #instances = new Instances();
  /** What everything that stands was made and changed with, by URN and id (some providers' ids are all the same): what reading the real thing would tell. */
  readonly #known = new Map<string, Held>();

  constructor(double: ProviderDouble, stage: Stage) {
    this.#double = double;
    this.#stage = stage;
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

  checkConfig(request: messages.CheckRequest): messages.CheckResponse {
    const inputs = fromStruct(request.getNews());
    const checked = this.#double.checkConfiguration?.(inputs) ?? { inputs, failures: [] };
    return checkResponse(checked.inputs, checked.failures);
  }

  diffConfig(request: messages.DiffRequest): messages.DiffResponse {
    const double = this.#double;
    return providerDiffResponse(request, (...change) => double.replacesProvider?.(...change) ?? false);
  }

  configure(request: messages.ConfigureRequest, instance: Instance): messages.ConfigureResponse {
    instance.configuration = fromStruct(request.getArgs());
    return configureResponse();
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
    const rule = this.#double.rule(subjectOf(request));
    const found = unignored(differences(before, after), request);
    return diffResponse(found, rule.replaceOn, () => rule.deleteBeforeReplace(before, after));
  }

  create(request: messages.CreateRequest, instance: Instance, answer: Answer<messages.CreateResponse>): void {
    const subject = subjectOf(request);
    const inputs = fromStruct(request.getProperties());
    if (request.getPreview()) {
      answer(null, createResponse("", planned(this.#double, "create", subject, inputs, {})));
      return;
    }
    const create = () => this.#double.create(subject, inputs, instance);
    const run = () => this.#change(subject, inputs, create, (created) => created);
    this.#operate("create", subject, "", run, ({ id, outputs }) => answer(null, createResponse(id, outputs)));
  }

  update(request: messages.UpdateRequest, instance: Instance, answer: Answer<messages.UpdateResponse>): void {
    const subject = subjectOf(request);
    const state = fromStruct(request.getOlds());
    const inputs = fromStruct(request.getNews());
    const reply = (outputs: PropertyMap) => answer(null, updateResponse(outputs));
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
    const held = known === undefined ? this.#double.find?.(subject, id, instance) : known;
    if (held === undefined) return readResponse(undefined);
    if (known !== undefined && !this.#double.exists(subject, id, known.inputs, instance))
      return readResponse(undefined);
    const { inputs, outputs } = this.#double.read?.(subject, id, held) ?? held;
    return readResponse({ id, inputs, outputs });
  }

  invoke(request: messages.InvokeRequest, instance: Instance): messages.InvokeResponse {
    const args = fromStruct(request.getArgs());
    if (hasUnknown(args)) throw new Error(`${request.getTok()} was called with values that aren't known yet.`);
    return invokeResponse(this.#double.invoke(request.getTok(), revealMap(args), instance));
  }

  /** The handlers for a gRPC server; every thrown error becomes the call's failure. */
  handlers(): UntypedServiceImplementation {
    const guarded =
      <Request, Response>(work: (request: Request, instance: Instance, answer: Answer<Response>) => void) =>
      (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
        try {
          work(call.request, this.#instances.of(call.getPeer()), (error, response) => callback(error, response));
        } catch (error) {
          callback(callFailure(error));
        }
      };
    const simple = <Request, Response>(work: (request: Request, instance: Instance) => Response) =>
      guarded<Request, Response>((request, instance, answer) => answer(null, work(request, instance)));
    return {
      handshake: simple(handshakeResponse),
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
      getPluginInfo: simple(() => pluginInfo(this.#double.version)),
    };
  }
}
