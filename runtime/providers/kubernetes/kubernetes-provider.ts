import { differences } from "../../provider-protocol/difference.ts";
import { type PropertyMap, Unknown } from "../../provider-protocol/property-value.ts";
import type { Instance } from "../../provider-protocol/resource.ts";
import type { Call, CheckRequest, DiffRequest, ExistingResource, LiveProvider } from "../live-provider.ts";
import { Helm } from "../release/helm.ts";
import { ReleaseResource } from "../release/release-resource.ts";
import { Cluster } from "./cluster.ts";
import { checkObject, diffObject } from "./object-plan.ts";
import { createObject, deleteObject, readObject, updateObject } from "./object-resource.ts";

const releaseType = "kubernetes:helm.sh/v3:Release";
const identityProperties = ["kubeconfig", "context", "cluster"];

const isRelease = (call: Call): boolean => call.subject.type === releaseType;

class KubernetesProvider implements LiveProvider {
  readonly name = "kubernetes";
  readonly version = "4.34.2";
  readonly #releases: ReleaseResource;
  readonly #clusters = new WeakMap<PropertyMap, Cluster>();

  constructor(helm: () => Promise<string>, root: string) {
    let found: Promise<Helm> | undefined;
    const ensure = (): Promise<Helm> => {
      found ??= helm().then((program) => new Helm(program, root));
      return found;
    };
    this.#releases = new ReleaseResource(ensure, root);
  }

  #cluster({ configuration }: Instance): Cluster {
    const known = this.#clusters.get(configuration) ?? new Cluster(configuration);
    this.#clusters.set(configuration, known);
    return known;
  }

  /**
   * A constant `clusterIdentifier` says that it is the same cluster, whatever else changes; without one, another
   * kubeconfig is another cluster.
   */
  replacesProvider(property: string, before: PropertyMap, after: PropertyMap): boolean {
    const [old, next] = [before.clusterIdentifier, after.clusterIdentifier];
    const isSame = old !== undefined && next !== undefined && differences({ id: old }, { id: next }).length === 0;
    if (isSame) return false;
    if (property === "clusterIdentifier") return old !== undefined && next !== undefined && !(next instanceof Unknown);
    return identityProperties.includes(property);
  }

  async check(call: Call, request: CheckRequest) {
    const cluster = this.#cluster(call.instance);
    return isRelease(call) ? this.#releases.check(call, cluster, request) : checkObject(call, cluster, request);
  }

  async diff(call: Call, request: DiffRequest) {
    return isRelease(call) ? this.#releases.diff(request) : diffObject(this.#cluster(call.instance), request);
  }

  async create(call: Call, inputs: PropertyMap) {
    const cluster = this.#cluster(call.instance);
    return isRelease(call) ? this.#releases.create(call, cluster, inputs) : createObject(call, cluster, inputs);
  }

  async update(call: Call, existing: ExistingResource, inputs: PropertyMap) {
    const cluster = this.#cluster(call.instance);
    return isRelease(call)
      ? this.#releases.update(call, cluster, inputs)
      : updateObject(call, cluster, existing, inputs);
  }

  async delete(call: Call, existing: ExistingResource) {
    const cluster = this.#cluster(call.instance);
    return isRelease(call) ? this.#releases.delete(call, cluster, existing) : deleteObject(call, cluster, existing);
  }

  async read(call: Call, existing: ExistingResource) {
    const cluster = this.#cluster(call.instance);
    return isRelease(call) ? this.#releases.read(cluster, existing) : readObject(call, cluster, existing);
  }

  async invoke(_call: Call, token: string): Promise<PropertyMap> {
    throw new Error(`The live kubernetes provider has no function ${token}: use typed resources or helm.v3.Release.`);
  }
}

/**
 * @pulumi/kubernetes 4.34 without its plugin: server-side apply, its rules for waiting, and the real Helm.
 *
 * @param helm gives the path of Helm 3; called when a release first needs it
 * @param root the project's folder; charts' relative paths are looked up there
 */
export function kubernetesProvider(helm: () => Promise<string>, root: string): LiveProvider {
  return new KubernetesProvider(helm, root);
}
