import { ApiClient } from "../../kubernetes-api/api-client.ts";
import { type PropertyMap, reveal, textOf, Unknown } from "../../provider-protocol/property-value.ts";
import type { Mutability } from "./replacement.ts";

const probeMilliseconds = 5_000;
/** An unreachable cluster isn't asked again for this long: a destroy asks for every object. */
const forgetMilliseconds = 10_000;

/** A provider's option; the SDKs send booleans as text. */
function isOn(configuration: PropertyMap, name: string, variable?: string): boolean {
  const value = configuration[name];
  const plain = value === undefined || value instanceof Unknown ? undefined : reveal(value);
  if (plain !== undefined && plain !== null) return plain === true || plain === "true";
  return variable !== undefined && process.env[variable] === "true";
}

/** The cluster that a provider instance is configured for. */
export class Cluster {
  /** Content of the kubeconfig; `undefined` while it isn't known yet. */
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly defaultNamespace: string | undefined;
  readonly deletesUnreachable: boolean;
  readonly upsertsExisting: boolean;
  readonly forcesConflicts: boolean;
  readonly mutability: Mutability;
  readonly #configuration: PropertyMap;
  #client: ApiClient | undefined;
  #asked: { readonly at: number; readonly answer: Promise<string | undefined> } | undefined;

  constructor(configuration: PropertyMap) {
    this.#configuration = configuration;
    const text = (name: string) => (configuration[name] instanceof Unknown ? undefined : textOf(configuration[name]));
    this.kubeconfig = text("kubeconfig");
    this.context = text("context");
    this.defaultNamespace = text("namespace");
    this.deletesUnreachable = isOn(configuration, "deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE");
    this.upsertsExisting = isOn(configuration, "upsertExistingObjects");
    this.forcesConflicts = isOn(configuration, "enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE");
    this.mutability = {
      configMaps: isOn(configuration, "enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
      secrets: isOn(configuration, "enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
    };
  }

  get client(): ApiClient {
    if (this.kubeconfig === undefined) throw new Error("the kubeconfig isn't known yet");
    this.#client ??= new ApiClient(this.kubeconfig, this.context);
    return this.#client;
  }

  async #ask(): Promise<string | undefined> {
    if (this.#configuration.kubeconfig === undefined) {
      return "the provider has no kubeconfig; the live provider takes none from the environment";
    }
    if (this.kubeconfig === undefined) return "unable to load Kubernetes client configuration: it isn't known yet";
    try {
      await this.client.version(probeMilliseconds);
      return undefined;
    } catch (error) {
      return `unable to load schema information from the API server: ${error instanceof Error ? error.message : error}`;
    }
  }

  /** Why the cluster can't be reached; `undefined` when it can. */
  async unreachable(): Promise<string | undefined> {
    if (this.#asked === undefined || performance.now() - this.#asked.at > forgetMilliseconds) {
      this.#asked = { at: performance.now(), answer: this.#ask() };
    }
    return await this.#asked.answer;
  }
}
