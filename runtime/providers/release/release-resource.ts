import { randomBytes } from "node:crypto";
import type { ApiClient } from "../../kubernetes-api/api-client.ts";
import { observed, releaseWait } from "../../kubernetes-api/wait-observer.ts";
import { differences } from "../../provider-protocol/difference.ts";
import { InitializationFailure } from "../../provider-protocol/initialization-failure.ts";
import {
  hasUnknown,
  isMap,
  type PropertyMap,
  type PropertyValue,
  Secret,
  textOf,
  unknown,
} from "../../provider-protocol/property-value.ts";
import type { Checked, Created } from "../../provider-protocol/resource.ts";
import type { Cluster } from "../kubernetes/cluster.ts";
import { withSecrets } from "../kubernetes/object-state.ts";
import type { Call, CheckRequest, DiffRequest, ExistingResource, ReadResult, Verdict } from "../live-provider.ts";
import { type Helm, type PrintedRelease, resourceNames } from "./helm.ts";
import { parseRelease, type ReleaseInputs, releaseDefaults, valuesOf } from "./release-inputs.ts";

const replacing = /^(name|namespace)$/;
const defaultTimeoutSeconds = 300;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function withName(name: string, inputs: PropertyMap, before: PropertyMap): PropertyMap {
  if (inputs.name !== undefined && inputs.name !== "") return inputs;
  return { ...inputs, name: before.name ?? `${name}-${randomBytes(4).toString("hex")}` };
}

/**
 * Forgets the records of Helm operations that were interrupted: they make Helm refuse every further one. Only Helm's own
 * records go; the objects, volumes among them, stay, and the next operation takes them over.
 */
async function forgetPending(call: Call, client: ApiClient, { name, namespace }: ReleaseInputs): Promise<void> {
  const selector = `owner=helm,name=${name},status in (pending-install,pending-upgrade,pending-rollback)`;
  for (const record of await client.list("v1", "Secret", namespace, selector)) {
    call.warn(`an interrupted Helm operation left release ${namespace}/${name} pending; its record is removed`);
    await client.delete({ apiVersion: "v1", kind: "Secret", ...record }, "Background");
  }
}

interface ReleaseState {
  readonly inputs: PropertyMap;
  readonly release?: PrintedRelease;
}

/** A Release's state as the official provider keeps it. */
function stateOf({ inputs, release }: ReleaseState): PropertyMap {
  if (release === undefined)
    return { ...inputs, __inputs: new Secret(inputs), resourceNames: unknown, status: unknown };
  const { metadata } = release.chart;
  const status = {
    appVersion: metadata.appVersion,
    chart: metadata.name,
    name: release.name,
    namespace: release.namespace,
    revision: release.version,
    status: release.info.status,
    version: metadata.version,
  };
  const outputs = { ...inputs, version: metadata.version };
  return {
    ...withSecrets(outputs, inputs),
    __inputs: new Secret(inputs),
    resourceNames: resourceNames(release.manifest, release.namespace),
    status,
  };
}

function bare(value: PropertyValue | undefined): PropertyValue | undefined {
  return value instanceof Secret ? bare(value.value) : value;
}

function inputsIn(state: PropertyMap): PropertyMap {
  const inputs = bare(state.__inputs);
  return inputs !== undefined && isMap(inputs) ? inputs : {};
}

/** kubernetes.helm.v3.Release through Helm itself. */
export class ReleaseResource {
  readonly #helm: () => Promise<Helm>;
  readonly #root: string;

  /** @param helm found or built when a release first needs it */
  constructor(helm: () => Promise<Helm>, root: string) {
    this.#helm = helm;
    this.#root = root;
  }

  async check(call: Call, cluster: Cluster, request: CheckRequest): Promise<Checked> {
    const named = withName(call.subject.name, request.inputs, request.before);
    const namespace = named.namespace ?? cluster.defaultNamespace ?? "default";
    const inputs: PropertyMap = { timeout: defaultTimeoutSeconds, ...releaseDefaults, ...named, namespace };
    if (hasUnknown(inputs)) return { inputs, failures: [] };
    try {
      const version = await (await this.#helm()).chartVersion(parseRelease(inputs));
      return { inputs: { ...inputs, version }, failures: [] };
    } catch (error) {
      const reason = `${messageOf(error)}; check the chart name and repository configuration.`;
      return { inputs, failures: [{ property: "chart", reason }] };
    }
  }

  async diff({ state, before: recorded, after }: DiffRequest): Promise<Verdict> {
    const kept = inputsIn(state);
    // A release that was taken into the state without Helm having been asked has no copy of its inputs in its outputs.
    const { checksum: _, resourceNames: __, ...before } = Object.keys(kept).length === 0 ? recorded : kept;
    return {
      differences: differences(before, after),
      replaces: (path) => replacing.test(path),
      deleteBeforeReplace: false,
    };
  }

  async #apply(call: Call, cluster: Cluster, inputs: PropertyMap, isUpdate: boolean): Promise<PropertyMap> {
    const unreachable = await cluster.unreachable();
    const verb = isUpdate ? "update" : "create";
    if (unreachable !== undefined)
      throw new Error(`can't ${verb} Helm Release with unreachable cluster: ${unreachable}`);
    const release = parseRelease(inputs);
    const helm = await this.#helm();
    const kubeconfig = cluster.kubeconfig ?? "";
    await forgetPending(call, cluster.client, release);
    call.status(`helm ${verb} ${release.name}, up to ${release.timeout} s`);
    const look = () => releaseWait(cluster.client, release);
    try {
      const upgrade = helm.upgrade(kubeconfig, release, valuesOf(inputs, this.#root), isUpdate);
      return stateOf({ inputs, release: await observed(upgrade, look, call.status) });
    } catch (error) {
      const trouble = await look().catch(() => undefined);
      const left = await helm.find(kubeconfig, release.name, release.namespace).catch(() => undefined);
      if (left === undefined) throw error;
      const id = `${release.namespace}/${release.name}`;
      const what = isUpdate ? "failed to initialize completely" : "was created, but failed to initialize completely";
      const reasons = [messageOf(error), ...(trouble === undefined ? [] : [trouble])];
      const message = `Helm release "${id}" ${what}. Use Helm CLI to investigate: ${reasons.join("; ")}`;
      throw new InitializationFailure(message, id, stateOf({ inputs, release: left }), reasons);
    }
  }

  async create(call: Call, cluster: Cluster, inputs: PropertyMap): Promise<Created> {
    if (call.preview) return { id: "", outputs: stateOf({ inputs }) };
    const outputs = await this.#apply(call, cluster, inputs, false);
    return { id: `${textOf(inputs.namespace)}/${textOf(inputs.name)}`, outputs };
  }

  async update(call: Call, cluster: Cluster, inputs: PropertyMap): Promise<PropertyMap> {
    return call.preview ? stateOf({ inputs }) : await this.#apply(call, cluster, inputs, true);
  }

  async delete(call: Call, cluster: Cluster, { state }: ExistingResource): Promise<void> {
    const unreachable = await cluster.unreachable();
    if (unreachable !== undefined) {
      throw new Error(`can't delete Helm Release with unreachable cluster. Reason: "${unreachable}"`);
    }
    const release = parseRelease({ ...state, chart: state.chart ?? "unknown" });
    await forgetPending(call, cluster.client, release);
    const waits = release.atomic || !release.skipAwait;
    const uninstall = (await this.#helm()).uninstall(cluster.kubeconfig ?? "", { ...release, waits });
    await observed(uninstall, () => releaseWait(cluster.client, release), call.status);
  }

  async read(cluster: Cluster, { id, state }: ExistingResource): Promise<ReadResult | undefined> {
    const unreachable = await cluster.unreachable();
    if (unreachable !== undefined) throw new Error(`can't read Helm Release with unreachable cluster: ${unreachable}`);
    const [name = "", namespace = "default"] = id.split("/").toReversed();
    const release = await (await this.#helm()).find(cluster.kubeconfig ?? "", name, namespace);
    if (release === undefined) return undefined;
    const inputs = inputsIn(state);
    return { id, inputs, outputs: stateOf({ inputs, release }) };
  }
}
