import { randomBytes, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import type { InputTypes } from "../../../runtime/provider-protocol/input-types/input-types.ts";
import {
  hasUnknown,
  type PlainMap,
  type PropertyMap,
  revealMap,
  textOf,
} from "../../../runtime/provider-protocol/property-value.ts";
import type { Checked, CheckFailure, Created, Instance, Subject } from "../../../runtime/provider-protocol/resource.ts";
import {
  type Apply,
  applyObject,
  createObject,
  deleteObject,
  installRelease,
  requireAnnouncer,
  uninstallRelease,
  upgradeRelease,
} from "../../world/kubernetes/api.ts";
import {
  type Cluster,
  clusterAt,
  type HelmRelease,
  type KubernetesObject,
  objectKey,
} from "../../world/kubernetes/cluster.ts";
import { isNamespaced, readySeconds } from "../../world/kubernetes/kinds.ts";
import { Refusal } from "../../world/refusal.ts";
import { Arguments } from "../arguments.ts";
import type { Effect, Held, ProviderDouble, ReplacementRule } from "../provider-double.ts";
import { kubernetesReplacement, metadataOf } from "./replacement.ts";

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** Seconds that a release waits for all that its chart deploys: images to pull, on Raspberry Pis. */
const RELEASE_SECONDS = 60;

function suffixed(name: string): string {
  return `${name}-${randomBytes(4).toString("hex")}`;
}

/** `kubernetes:apps/v1:Deployment` is the kind Deployment. */
function kindOf(type: string): string {
  return type.split(":").at(-1) ?? "";
}

function objectOfInputs(type: string, inputs: PropertyMap): KubernetesObject {
  const kind = kindOf(type);
  const metadata = metadataOf(inputs);
  return {
    apiVersion: textOf(inputs.apiVersion) ?? "v1",
    kind,
    namespace: isNamespaced(kind) ? (textOf(metadata.namespace) ?? "default") : undefined,
    name: textOf(metadata.name) ?? "",
  };
}

/** Where the provider keeps the name under which it owns an object's fields. */
const FIELD_MANAGER = "__fieldManager";

/** The manager's name is the annotation's, else the state's, else one that nobody has had before. */
function applyOf(inputs: PropertyMap, before: string | undefined): Apply {
  const plain = revealMap(inputs);
  const annotations = new Arguments(plain).object("metadata").object("annotations");
  const manager = annotations.optionalText("pulumi.com/patchFieldManager") ?? before;
  return { manager: manager ?? suffixed("pulumi-kubernetes"), wanted: JSON.stringify(plain) };
}

function checkRelease(subject: Subject, before: PropertyMap, inputs: PropertyMap, failures: CheckFailure[]): Checked {
  const chart = hasUnknown(inputs.chart ?? null) ? undefined : textOf(inputs.chart);
  const isFile = chart !== undefined && (/^[./]/.test(chart) || chart.endsWith(".tgz"));
  if (isFile && !existsSync(chart))
    failures.push({ property: "chart", reason: `unable to read the chart: ${chart}: no such file or directory` });
  if (chart !== undefined && !isFile && inputs.version === undefined)
    failures.push({ property: "version", reason: `the chart ${chart} has no exact version` });
  const name = inputs.name ?? before.name ?? suffixed(subject.name);
  return { inputs: { ...inputs, name, namespace: inputs.namespace ?? "default" }, failures };
}

function checkObject(subject: Subject, before: PropertyMap, inputs: PropertyMap, failures: CheckFailure[]): Checked {
  if (hasUnknown(inputs.metadata ?? null)) return { inputs, failures };
  const kind = kindOf(subject.type);
  const metadata = metadataOf(inputs);
  const named = textOf(metadata.name) !== undefined;
  const annotations = new Arguments(revealMap(metadata)).object("annotations").values;
  const full = {
    ...metadata,
    ...(named ? {} : { name: metadataOf(before).name ?? suffixed(subject.name) }),
    ...(named ? {} : { annotations: { ...annotations, "pulumi.com/autonamed": "true" } }),
    ...(isNamespaced(kind) ? { namespace: metadata.namespace ?? "default" } : {}),
  };
  return { inputs: { ...inputs, metadata: full }, failures };
}

/** A custom resource isn't declared by the SDK: it must at least be an object of the API. */
function checkCustomResource(inputs: PropertyMap): CheckFailure[] {
  const missing = ["apiVersion", "kind"].filter((name) => inputs[name] === undefined);
  return missing.map((property) => ({ property, reason: `Missing required property '${property}'` }));
}

function statusOf(subject: Subject, inputs: PropertyMap): PropertyMap {
  if (kindOf(subject.type) !== "Service") return {};
  const service = new Arguments(revealMap(inputs));
  if (service.object("spec").optionalText("type") !== "LoadBalancer") return { status: { loadBalancer: {} } };
  const asked = service.object("metadata").object("annotations").optionalText("metallb.io/loadBalancerIPs");
  return { status: { loadBalancer: { ingress: [{ ip: asked ?? "192.0.2.1" }] } } };
}

function deployed(release: HelmRelease): () => void {
  return () => {
    release.status = "deployed";
  };
}

function idOf({ namespace, name }: KubernetesObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function createRelease(cluster: Cluster, inputs: PropertyMap): Effect<Created> {
  const args = new Arguments(revealMap(inputs));
  const [name, namespace, chart] = [args.text("name"), args.text("namespace"), args.text("chart")];
  const createNamespace = args.flag("createNamespace") === true;
  const release = installRelease(cluster, {
    name,
    namespace,
    chart,
    createNamespace,
    values: args.object("values").values,
  });
  const status = { name, namespace, chart, revision: 1, status: "deployed" };
  const seconds = args.flag("skipAwait") === true ? 3 : RELEASE_SECONDS;
  const result = { id: `${namespace}/${name}`, outputs: { ...inputs, status, resourceNames: {} } };
  return { result, seconds, finish: deployed(release) };
}

class KubernetesDouble implements ProviderDouble {
  readonly name = "kubernetes";
  readonly version = "4.34.2";
  readonly #clusters: () => readonly Cluster[];
  readonly #types: InputTypes;

  constructor(clusters: () => readonly Cluster[], types: InputTypes) {
    this.#clusters = clusters;
    this.#types = types;
  }

  #clusterOf({ configuration }: Instance): Cluster {
    const kubeconfig = textOf(configuration.kubeconfig);
    if (kubeconfig === undefined) throw new Refusal("invalid configuration: no kubeconfig was given to the provider");
    return clusterAt(this.#clusters(), kubeconfig);
  }

  check(subject: Subject, before: PropertyMap, inputs: PropertyMap): Checked {
    if (subject.type === RELEASE) return checkRelease(subject, before, inputs, this.#types.check(RELEASE, inputs));
    const declared = this.#types.declares(subject.type);
    const failures = declared ? this.#types.check(subject.type, inputs) : checkCustomResource(inputs);
    return checkObject(subject, before, inputs, failures);
  }

  replacesProvider(property: string, before: PropertyMap, after: PropertyMap): boolean {
    const identified = before.clusterIdentifier !== undefined && after.clusterIdentifier !== undefined;
    if (property === "kubeconfig" && !identified) return textOf(before.kubeconfig) !== textOf(after.kubeconfig);
    return property === "clusterIdentifier";
  }

  rule(subject: Subject): ReplacementRule {
    return kubernetesReplacement(subject.type);
  }

  unknownOutputs(_subject: Subject, kind: "create" | "update"): readonly string[] {
    return kind === "create" ? ["status"] : [];
  }

  create(subject: Subject, inputs: PropertyMap, instance: Instance): Effect<Created> {
    const cluster = this.#clusterOf(instance);
    if (subject.type === RELEASE) return createRelease(cluster, inputs);
    const object = objectOfInputs(subject.type, inputs);
    requireAnnouncer(cluster, { ...object, fields: revealMap(inputs) });
    const apply = applyOf(inputs, undefined);
    const upserts = textOf(instance.configuration.upsertExistingObjects) === "true";
    if (!upserts || !cluster.objects.has(objectKey(object)))
      createObject(cluster, object, this.#types.declares(subject.type));
    applyObject(cluster, object, apply);
    const metadata = { ...metadataOf(inputs), uid: randomUUID(), resourceVersion: "1" };
    const outputs = { ...inputs, metadata, ...statusOf(subject, inputs), [FIELD_MANAGER]: apply.manager };
    return { result: { id: idOf(object), outputs }, seconds: readySeconds(object.kind) };
  }

  update(
    subject: Subject,
    _id: string,
    state: PropertyMap,
    inputs: PropertyMap,
    instance: Instance,
  ): Effect<PropertyMap> {
    const cluster = this.#clusterOf(instance);
    if (subject.type === RELEASE) {
      const release = upgradeRelease(
        cluster,
        textOf(state.name) ?? "",
        textOf(state.namespace) ?? "",
        new Arguments(revealMap(inputs)).object("values").values,
      );
      return { result: { ...state, ...inputs }, seconds: RELEASE_SECONDS / 2, finish: deployed(release) };
    }
    const object = objectOfInputs(subject.type, inputs);
    const apply = applyOf(inputs, textOf(state[FIELD_MANAGER]));
    applyObject(cluster, object, apply);
    const metadata = { ...metadataOf(state), ...metadataOf(inputs) };
    const outputs = { ...state, ...inputs, metadata, [FIELD_MANAGER]: apply.manager };
    return { result: outputs, seconds: readySeconds(object.kind) };
  }

  delete(subject: Subject, _id: string, state: PropertyMap, instance: Instance): Effect<undefined> {
    const cluster = this.#clusterOf(instance);
    if (subject.type === RELEASE) {
      uninstallRelease(cluster, textOf(state.name) ?? "", textOf(state.namespace) ?? "");
      return { result: undefined, seconds: 15 };
    }
    const object = objectOfInputs(subject.type, state);
    deleteObject(cluster, object);
    return { result: undefined, seconds: object.kind === "Namespace" ? 10 : 1 };
  }

  exists(subject: Subject, id: string, inputs: PropertyMap, instance: Instance): boolean {
    const cluster = this.#clusterOf(instance);
    if (subject.type === RELEASE) return cluster.releases.has(id);
    return cluster.objects.has(objectKey(objectOfInputs(subject.type, inputs)));
  }

  find(subject: Subject, id: string, instance: Instance): Held | undefined {
    const [name = "", namespace] = id.split("/").toReversed();
    const kind = kindOf(subject.type);
    const apiVersion = subject.type.split(":")[1]?.replace(/^core\//, "") ?? "v1";
    const sought = { apiVersion, kind, name, namespace: isNamespaced(kind) ? (namespace ?? "default") : undefined };
    const found = this.#clusterOf(instance).objects.get(objectKey(sought));
    if (found === undefined) return undefined;
    const fields: PlainMap = JSON.parse(JSON.stringify(found.fields ?? {}));
    const metadata = { ...metadataOf(fields), name, ...(sought.namespace && { namespace: sought.namespace }) };
    const inputs = { ...fields, apiVersion, kind, metadata };
    return { inputs, outputs: { ...inputs, ...statusOf(subject, inputs) } };
  }

  lookUp(type: string, inputs: PropertyMap): readonly string[] {
    if (type !== RELEASE) return [];
    const id = `${textOf(inputs.namespace) ?? "default"}/${textOf(inputs.name) ?? ""}`;
    return this.#clusters().some((cluster) => cluster.releases.has(id)) ? [id] : [];
  }

  settle(type: string, id: string): void {
    if (type !== RELEASE) return;
    for (const cluster of this.#clusters()) {
      const release = cluster.releases.get(id);
      if (release?.status.startsWith("pending-") === true) release.status = "failed";
    }
  }

  invoke(token: string): PropertyMap {
    throw new Refusal(`The kubernetes provider's double doesn't know the function ${token}.`);
  }
}

/** The `kubernetes` provider 4.34.2 on the simulated clusters. */
export function kubernetesDouble(clusters: () => readonly Cluster[], types: InputTypes): ProviderDouble {
  return new KubernetesDouble(clusters, types);
}
