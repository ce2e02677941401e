import http from "node:http";
import https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import { findStranger, isForeignCertificate, strangerMessage } from "../../components/cluster/api-certificate.ts";
import { isPlainMap, type PlainMap } from "../provider-protocol/property-value.ts";
import { listOf, mapOf, numberAt, textAt } from "./json-path.ts";

/** The API server answered with a failure; `reason` is Kubernetes' own, such as `NotFound`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/** The API server has no such kind: its definition isn't there, or not yet. */
export class UnknownKind extends Error {
  override readonly name = "UnknownKind";
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** A kind as the API server serves it. */
export interface ApiResource {
  readonly apiVersion: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
}

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly contentType?: string;
  /** Default: the objects whole, as JSON. */
  readonly accept?: string;
  /** Which bytes of the answer, as HTTP says it, such as `bytes=-1000`; only where the answer is a file. */
  readonly range?: string;
}

const requestMilliseconds = 30_000;

function parseBody(text: string): PlainMap {
  const parsed: unknown = text === "" ? {} : JSON.parse(text);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return {};
  const map: PlainMap = Object.fromEntries(Object.entries(parsed));
  return isPlainMap(map) ? map : {};
}

function errorOf(status: number, text: string): ApiError {
  const parsed = /^\s*\{/.test(text) ? parseBody(text) : {};
  return new ApiError(status, textAt(parsed, "reason") ?? "", textAt(parsed, "message") ?? text.slice(0, 500));
}

/** Speaks to one API server as a kubeconfig says; connections are kept open. */
export class ApiClient {
  readonly #config = new KubeConfig();
  readonly #server: string;
  /** PEM; none where the kubeconfig has none. */
  readonly #authority: string | undefined;
  readonly #resources = new Map<string, Promise<Map<string, ApiResource>>>();

  constructor(kubeconfig: string, context?: string) {
    this.#config.loadFromString(kubeconfig);
    if (context !== undefined) this.#config.setCurrentContext(context);
    const cluster = this.#config.getCurrentCluster();
    if (cluster === null) throw new Error("kubeconfig: its current context names no cluster");
    this.#server = cluster.server;
    this.#authority = cluster.caData === undefined ? undefined : Buffer.from(cluster.caData, "base64").toString();
  }

  /** An error of a connection, in words that say who answered where it wasn't the cluster. */
  async #explained(error: Error): Promise<Error> {
    if (this.#authority === undefined || !isForeignCertificate(error)) return error;
    const stranger = await findStranger(this.#server, this.#authority);
    return stranger === undefined ? error : new Error(strangerMessage(stranger), { cause: error });
  }

  /** The address at which the API is asked. */
  get server(): string {
    return this.#server;
  }

  async request(request: ApiRequest, milliseconds = requestMilliseconds): Promise<PlainMap> {
    return parseBody((await this.#send(request, milliseconds)).toString());
  }

  /** What is no object, such as a pod's log. */
  async text(path: string, query: Readonly<Record<string, string>>): Promise<string> {
    const request: ApiRequest = { method: "GET", path, query, accept: "text/plain, application/json" };
    return (await this.#send(request, requestMilliseconds)).toString();
  }

  /** What is a file, such as a log that a kubelet shows. */
  async bytes(path: string, range?: string): Promise<Buffer> {
    return await this.#send({ method: "GET", path, accept: "*/*", range }, requestMilliseconds);
  }

  async #send(request: ApiRequest, milliseconds: number): Promise<Buffer> {
    const url = new URL(`${this.#server.replace(/\/$/, "")}${request.path}`);
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    const options: https.RequestOptions = {
      method: request.method,
      headers: {
        accept: request.accept ?? "application/json",
        ...(request.range === undefined ? {} : { range: request.range }),
        ...(request.body === undefined ? {} : { "content-type": request.contentType ?? "application/json" }),
      },
    };
    await this.#config.applyToHTTPSOptions(options);
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const transport = url.protocol === "http:" ? http : https;
    const signal = AbortSignal.timeout(milliseconds);
    const sent = transport.request(url, { ...options, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const status = response.statusCode ?? 0;
        const body = Buffer.concat(chunks);
        if (status >= 200 && status < 300) resolve(body);
        else reject(errorOf(status, body.toString()));
      });
    });
    sent.on("error", (error) => void this.#explained(error).then(reject));
    sent.end(request.body);
    return await promise;
  }

  /** Throws unless the API server answers. */
  async version(milliseconds: number): Promise<void> {
    await this.request({ method: "GET", path: "/version" }, milliseconds);
  }

  async #discover(apiVersion: string): Promise<Map<string, ApiResource>> {
    const path = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const list = await this.request({ method: "GET", path });
    const served = listOf(list.resources)
      .map(mapOf)
      .filter((resource) => !(textAt(resource, "name") ?? "").includes("/"))
      .map((resource): [string, ApiResource] => [
        textAt(resource, "kind") ?? "",
        { apiVersion, plural: textAt(resource, "name") ?? "", isNamespaced: resource.namespaced === true },
      ]);
    return new Map(served);
  }

  /** How a kind is served. What wasn't found is asked for again, as definitions of kinds come while a cluster is set up. */
  async resource(apiVersion: string, kind: string): Promise<ApiResource> {
    const known = this.#resources.get(apiVersion) ?? this.#discover(apiVersion);
    this.#resources.set(apiVersion, known);
    const found = await known.then(
      (kinds) => kinds.get(kind),
      (error: unknown) => {
        this.#resources.delete(apiVersion);
        if (!isNotFound(error)) throw error;
        return undefined;
      },
    );
    if (found !== undefined) return found;
    this.#resources.delete(apiVersion);
    throw new UnknownKind(`no matches for kind "${kind}" in version "${apiVersion}"`);
  }

  #path(resource: ApiResource, namespace: string, name?: string): string {
    const root = resource.apiVersion.includes("/") ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`;
    const scope = resource.isNamespaced ? `/namespaces/${encodeURIComponent(namespace || "default")}` : "";
    return `${root}${scope}/${resource.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
  }

  async #pathOf(object: PlainMap, withName: boolean): Promise<string> {
    const resource = await this.resource(textAt(object, "apiVersion") ?? "", textAt(object, "kind") ?? "");
    const name = withName ? (textAt(object, "metadata", "name") ?? "") : undefined;
    return this.#path(resource, textAt(object, "metadata", "namespace") ?? "", name);
  }

  /** The object as it is now, by the kind, namespace and name of another. */
  async get(object: PlainMap): Promise<PlainMap> {
    return await this.request({ method: "GET", path: await this.#pathOf(object, true) });
  }

  async create(object: PlainMap, query: Readonly<Record<string, string>>): Promise<PlainMap> {
    return await this.request({
      method: "POST",
      path: await this.#pathOf(object, false),
      query,
      body: JSON.stringify(object),
    });
  }

  async replace(object: PlainMap, query: Readonly<Record<string, string>>): Promise<PlainMap> {
    return await this.request({
      method: "PUT",
      path: await this.#pathOf(object, true),
      query,
      body: JSON.stringify(object),
    });
  }

  async patch(object: PlainMap, patch: JsonPatch, query: Readonly<Record<string, string>>): Promise<PlainMap> {
    const { contentType, body } = patch;
    return await this.request({ method: "PATCH", path: await this.#pathOf(object, true), query, body, contentType });
  }

  async delete(object: PlainMap, propagationPolicy: string): Promise<void> {
    const body = JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions", propagationPolicy });
    await this.request({ method: "DELETE", path: await this.#pathOf(object, true), body });
  }

  async list(apiVersion: string, kind: string, namespace: string, labelSelector: string): Promise<readonly PlainMap[]> {
    const resource = await this.resource(apiVersion, kind);
    const path = this.#path(resource, namespace);
    const list = await this.request({ method: "GET", path, query: { labelSelector } });
    return listOf(list.items).map(mapOf);
  }
}

export interface JsonPatch {
  readonly contentType: string;
  readonly body: string;
}

/** Server-side apply: JSON is YAML. */
export function applyPatch(object: PlainMap): JsonPatch {
  return { contentType: "application/apply-patch+yaml", body: JSON.stringify(object) };
}

/** The generation that an object's status speaks of is the one that was asked for. */
export function isObserved(object: PlainMap): boolean {
  return (numberAt(object, "status", "observedGeneration") ?? 0) >= (numberAt(object, "metadata", "generation") ?? 0);
}
