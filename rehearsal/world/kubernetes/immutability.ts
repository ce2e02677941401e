/** The fields of an object, as its manifest has them. */
export type Fields = Readonly<Record<string, unknown>>;

/** What one object was and is to become, and what else of the cluster decides whether it can. */
interface Change {
  readonly before: Fields;
  readonly after: Fields;
  /** Whether volumes of this storage class can get more room. */
  readonly expands: (storageClass: string) => boolean;
}

/** Why an update is refused, in the API server's words; `undefined`: it isn't. */
type Check = (change: Change) => string | undefined;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A field by its path, `spec.selector`. */
export function fieldOf(fields: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((at, name) => (isFields(at) ? at[name] : undefined), fields);
}

/** Equal as the API compares: an absent field is an empty one, and the order of names says nothing. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "" : `[${value.map(canonical).join()}]`;
  if (!isFields(value)) return value === undefined || value === null ? "" : JSON.stringify(value);
  const entries = Object.entries(value).flatMap(([name, one]) => {
    const text = canonical(one);
    return text === "" ? [] : [`${name}:${text}`];
  });
  return entries.length === 0 ? "" : `{${entries.toSorted().join()}}`;
}

const same = (one: unknown, other: unknown) => canonical(one) === canonical(other);

/** `ValidateImmutableField`. `fallback`: what the API server writes where the field is absent. */
function immutable(path: string, fallback?: unknown): Check {
  return ({ before, after }) => {
    const [was, is] = [fieldOf(before, path) ?? fallback, fieldOf(after, path) ?? fallback];
    return same(was, is) ? undefined : `${path}: Invalid value: ${JSON.stringify(is ?? null)}: field is immutable`;
  };
}

/** A field that an update may leave out, and then keeps: the API server fills it in from what there is. */
function setOnce(path: string, message = "may not change once set"): Check {
  return ({ before, after }) => {
    const [was, is] = [fieldOf(before, path), fieldOf(after, path)];
    if (is === undefined || was === undefined || same(was, is)) return undefined;
    return `${path}: Invalid value: ${JSON.stringify(is)}: ${message}`;
  };
}

function omit(value: unknown, names: readonly string[]): Fields {
  return isFields(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name))) : {};
}

const statefulSetChanges = [
  ...["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit"],
  ...["persistentVolumeClaimRetentionPolicy", "minReadySeconds"],
];

const units: Readonly<Record<string, number>> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

/** Bytes of an amount such as `10Gi`. */
function bytes(quantity: unknown): number {
  const [, amount = "0", unit = ""] = /^([\d.]+)([A-Za-z]*)$/.exec(String(quantity ?? "0")) ?? [];
  return Number(amount) * (units[unit] ?? 1);
}

/** A claim's template with the room that it asks for as a number: another unit says the same. */
function inBytes(template: unknown): Fields {
  const { spec } = omit(template, []);
  return {
    ...omit(template, []),
    spec: omit(spec, ["resources"]),
    bytes: bytes(fieldOf(spec, "resources.requests.storage")),
  };
}

const statefulSet: Check = ({ before, after }) => {
  const rest = ({ spec }: Fields) => {
    const templates = fieldOf(spec, "volumeClaimTemplates");
    const volumeClaimTemplates = Array.isArray(templates) ? templates.map(inBytes) : [];
    return omit({ podManagementPolicy: "OrderedReady", ...omit(spec, []), volumeClaimTemplates }, statefulSetChanges);
  };
  if (same(rest(before), rest(after))) return undefined;
  const [last, ...others] = statefulSetChanges.toReversed().map((name) => `'${name}'`);
  return `spec: Forbidden: updates to statefulset spec for fields other than ${others.toReversed().join(", ")} and ${last} are forbidden`;
};

/** A claim's specification, save for the room that it asks for; its class may be written once, where there was none. */
const claim: Check = ({ before, after, expands }) => {
  const spec = (object: Fields) => {
    const rest = omit(object.spec, ["resources", "volumeAttributesClassName"]);
    const free = ["storageClassName", "volumeName"].filter((name) => fieldOf(before, `spec.${name}`) === undefined);
    return omit({ volumeMode: "Filesystem", ...rest }, free);
  };
  if (!same(spec(before), spec(after)))
    return "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
  const [was, is] = [before, after].map((object) => bytes(fieldOf(object, "spec.resources.requests.storage")));
  if (was === undefined || is === undefined || was === is) return undefined;
  if (is < was) return "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity";
  return expands(String(fieldOf(before, "spec.storageClassName") ?? ""))
    ? undefined
    : "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize";
};

const volumeSources = ["csi", "hostPath", "local", "nfs", "iscsi", "rbd", "cephfs", "fc"];

const volumeSource: Check = ({ before, after }) =>
  volumeSources.every((name) => same(fieldOf(before, `spec.${name}`), fieldOf(after, `spec.${name}`)))
    ? undefined
    : "spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation";

/** Only a Job that is suspended takes another template. */
const jobTemplate: Check = (change) =>
  fieldOf(change.before, "spec.suspend") === true ? undefined : immutable("spec.template")(change);

/** An indexed Job may get other completions, along with its parallelism. */
const jobCompletions: Check = (change) =>
  fieldOf(change.after, "spec.completionMode") === "Indexed" ? undefined : immutable("spec.completions")(change);

const isExternal = (service: Fields) => fieldOf(service, "spec.type") === "ExternalName";

/** Nothing is asked of a Service that leads outside, before or after. */
const inside =
  (check: Check): Check =>
  (change) =>
    isExternal(change.before) || isExternal(change.after) ? undefined : check(change);

const loadBalancerClass: Check = (change) =>
  [change.before, change.after].every((service) => fieldOf(service, "spec.type") === "LoadBalancer")
    ? immutable("spec.loadBalancerClass")(change)?.replace("field is immutable", "may not change once set")
    : undefined;

/** Where `immutable: true` was written, it and the data stay. The data of a Secret stand in no message. */
const sealed: Check = ({ before, after }) => {
  if (before.immutable !== true) return undefined;
  const changed = ["immutable", "data", "stringData", "binaryData"].find((name) => !same(before[name], after[name]));
  return changed === undefined ? undefined : `${changed}: Forbidden: field is immutable when \`immutable\` is set`;
};

const roleRef: Check = ({ before, after }) =>
  same(before.roleRef, after.roleRef)
    ? undefined
    : `roleRef: Invalid value: ${JSON.stringify(after.roleRef)}: cannot change roleRef`;

const priority: Check = ({ before, after }) =>
  same(before.value ?? 0, after.value ?? 0) ? undefined : "value: Forbidden: may not be changed in an update.";

const podChanges = ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"];

/** A pod gets other images, and little else. */
const pod: Check = ({ before, after }) => {
  const spec = (object: Fields) => {
    const containers = (name: string) => {
      const list = fieldOf(object, `spec.${name}`);
      return Array.isArray(list) ? list.map((one) => omit(one, ["image"])) : [];
    };
    const rest = omit(object.spec, podChanges);
    return { ...rest, containers: containers("containers"), initContainers: containers("initContainers") };
  };
  return same(spec(before), spec(after))
    ? undefined
    : "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
};

const shrunkDatabase: Check = ({ before, after }) => {
  const [was, is] = [before, after].map((object) => fieldOf(object, "spec.storage.size"));
  return bytes(is) < bytes(was)
    ? `spec.storage.size: Invalid value: ${JSON.stringify(is)}: can't shrink existing storage from ${was} to ${is}`
    : undefined;
};

/**
 * By group and kind: what no update may change. After Kubernetes 1.36.3, `pkg/apis/<group>/validation/validation.go`,
 * `Validate<Kind>Update`; claims that grow also after `plugin/pkg/admission/storage/persistentvolume/resize`; of CloudNativePG
 * 1.28 its webhook (`internal/webhook/v1/cluster_webhook.go`). Names are an object's key, and no update's matter.
 */
const checks: Readonly<Record<string, readonly Check[]>> = {
  "apps/Deployment": [immutable("spec.selector")],
  "apps/DaemonSet": [immutable("spec.selector")],
  "apps/ReplicaSet": [immutable("spec.selector")],
  "apps/StatefulSet": [statefulSet],
  "apps/ControllerRevision": [immutable("data")],
  "batch/Job": [
    jobCompletions,
    immutable("spec.selector"),
    jobTemplate,
    immutable("spec.completionMode", "NonIndexed"),
    immutable("spec.podFailurePolicy"),
    immutable("spec.backoffLimitPerIndex"),
    immutable("spec.managedBy"),
    immutable("spec.successPolicy"),
  ],
  "storage.k8s.io/StorageClass": [
    immutable("parameters"),
    immutable("provisioner"),
    immutable("reclaimPolicy", "Delete"),
    immutable("volumeBindingMode", "Immediate"),
  ],
  "storage.k8s.io/CSIDriver": [
    immutable("spec.attachRequired", true),
    immutable("spec.volumeLifecycleModes", ["Persistent"]),
  ],
  "storage.k8s.io/VolumeAttachment": [immutable("spec")],
  "storage.k8s.io/VolumeAttributesClass": [immutable("driverName"), immutable("parameters")],
  "/PersistentVolumeClaim": [claim],
  "/PersistentVolume": [
    volumeSource,
    immutable("spec.volumeMode", "Filesystem"),
    setOnce("spec.nodeAffinity", "field is immutable"),
  ],
  "/Pod": [pod],
  "/Service": [
    inside(setOnce("spec.clusterIP")),
    inside(setOnce("spec.clusterIPs")),
    inside(setOnce("spec.ipFamilies")),
    loadBalancerClass,
    setOnce("spec.healthCheckNodePort", "field is immutable"),
  ],
  "/Secret": [immutable("type", "Opaque"), sealed],
  "/ConfigMap": [sealed],
  "/ResourceQuota": [immutable("spec.scopes")],
  "/Node": [setOnce("spec.podCIDR"), setOnce("spec.providerID")],
  "rbac.authorization.k8s.io/RoleBinding": [roleRef],
  "rbac.authorization.k8s.io/ClusterRoleBinding": [roleRef],
  "networking.k8s.io/IngressClass": [immutable("spec.controller")],
  "networking.k8s.io/IPAddress": [immutable("spec.parentRef")],
  "networking.k8s.io/ServiceCIDR": [immutable("spec.cidrs")],
  "scheduling.k8s.io/PriorityClass": [priority, immutable("preemptionPolicy", "PreemptLowerPriority")],
  "discovery.k8s.io/EndpointSlice": [immutable("addressType")],
  "node.k8s.io/RuntimeClass": [immutable("handler")],
  "resource.k8s.io/ResourceClaim": [immutable("spec")],
  "resource.k8s.io/ResourceClaimTemplate": [immutable("spec")],
  "certificates.k8s.io/ClusterTrustBundle": [immutable("spec.signerName")],
  "postgresql.cnpg.io/Cluster": [shrunkDatabase],
};

/** Groups and kinds that have fields which nobody can change. */
export const guardedKinds: readonly string[] = Object.keys(checks);

/** All that an update of an object of this group (`""`: the core's) and kind may not change, in the API server's words. */
export function forbiddenChanges(group: string, kind: string, change: Change): string[] {
  return (checks[`${group}/${kind}`] ?? []).flatMap((check) => check(change) ?? []);
}
