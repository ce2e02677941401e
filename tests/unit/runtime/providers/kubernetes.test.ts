import { describe, expect, test } from "vitest";
import { type PlainMap, Secret } from "../../../../runtime/provider-protocol/property-value.ts";
import { takenOver } from "../../../../runtime/providers/kubernetes/field-managers.ts";
import { withAutoname } from "../../../../runtime/providers/kubernetes/naming.ts";
import {
  checkpoint,
  normalize,
  parseCheckpoint,
  prune,
} from "../../../../runtime/providers/kubernetes/object-state.ts";
import { readinessOf, type Surroundings } from "../../../../runtime/providers/kubernetes/readiness.ts";
import { replacedBy, replaces } from "../../../../runtime/providers/kubernetes/replacement.ts";
import { customReadiness, parseWaitFor } from "../../../../runtime/providers/kubernetes/wait-for.ts";
import { resourceNames, upgradeParameters } from "../../../../runtime/providers/release/helm.ts";
import { parseRelease, valuesOf } from "../../../../runtime/providers/release/release-inputs.ts";

const alone: Surroundings = { endpointSlices: [], endpointsUnchangedFor: 0, bindsOnFirstUse: false, isUpdate: false };
const stateOf = (object: PlainMap, surroundings = alone) => readinessOf(object, surroundings).state;

describe("readiness", () => {
  const deployment = (status: PlainMap): PlainMap => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { generation: 2 },
    spec: { replicas: 2 },
    status: {
      observedGeneration: 2,
      updatedReplicas: 2,
      availableReplicas: 2,
      conditions: [
        { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
        { type: "Available", status: "True" },
      ],
      ...status,
    },
  });

  test.each([
    ["rolled out", {}, "ready"],
    ["the old generation's status", { observedGeneration: 1 }, "waiting"],
    ["one replica short", { availableReplicas: 1 }, "waiting"],
    ["still progressing", { conditions: [{ type: "Available", status: "True" }] }, "waiting"],
  ])("Deployment, %s", (_, status, state) => {
    expect(stateOf(deployment(status))).toBe(state);
  });

  const slice = (ready: boolean): PlainMap => ({ endpoints: [{ conditions: { ready } }] });
  const service = (spec: PlainMap, status: PlainMap = {}): PlainMap => ({
    apiVersion: "v1",
    kind: "Service",
    spec,
    status,
  });
  const selector = { app: "a" };

  test.each([
    ["ready pods", service({ selector }), { endpointSlices: [slice(true)] }, "ready"],
    ["pods that aren't ready", service({ selector }), { endpointSlices: [slice(true), slice(false)] }, "waiting"],
    ["no pods yet", service({ selector }), {}, "waiting"],
    ["no pods for ten seconds", service({ selector }), { endpointsUnchangedFor: 10_000 }, "ready"],
    ["headless", service({ selector, clusterIP: "None" }), {}, "ready"],
    ["no address", service({ selector, type: "LoadBalancer" }), { endpointSlices: [slice(true)] }, "waiting"],
    [
      "an address",
      service({ selector, type: "LoadBalancer" }, { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] } }),
      { endpointSlices: [slice(true)] },
      "ready",
    ],
  ])("Service, %s", (_, object, surroundings, state) => {
    expect(stateOf(object, { ...alone, ...surroundings })).toBe(state);
  });

  test("a failed Job fails at once, with its reason", () => {
    const conditions = [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "too often" }];
    expect(readinessOf({ apiVersion: "batch/v1", kind: "Job", status: { conditions } }, alone)).toEqual({
      state: "failed",
      reason: "the Job failed: BackoffLimitExceeded: too often",
    });
  });

  test("a claim whose class waits for its first pod is ready while it is pending, once", () => {
    const claim = { apiVersion: "v1", kind: "PersistentVolumeClaim", status: { phase: "Pending" } };
    expect(stateOf(claim, { ...alone, bindsOnFirstUse: true })).toBe("ready");
    expect(stateOf(claim, { ...alone, bindsOnFirstUse: true, isUpdate: true })).toBe("waiting");
  });

  test("an object's own annotation: conditions and paths", () => {
    const expressions = parseWaitFor('["condition=Ready", "jsonpath={.status.list[1].name}=b"]');
    const object = (name: string): PlainMap => ({
      status: { conditions: [{ type: "Ready", status: "True" }], list: [{ name: "a" }, { name }] },
    });
    expect(customReadiness(object("b"), expressions).state).toBe("ready");
    expect(customReadiness(object("c"), expressions)).toEqual({ state: "waiting", waitingFor: "status.list.1.name" });
    expect(() => parseWaitFor("whenever")).toThrow("not understood");
  });
});

describe("state", () => {
  const inputs = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
    stringData: { key: new Secret("value") },
  };

  test("a Secret's texts become data, and all of it is secret in the state", () => {
    const normal = normalize(inputs);
    expect(normal).not.toHaveProperty("stringData");
    const live = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { key: "dmFsdWU=" } };
    const state = checkpoint({ inputs: normal, live, initialApiVersion: "v1", fieldManager: "me" });
    expect(state.data).toBeInstanceOf(Secret);
    expect(parseCheckpoint(state)).toMatchObject({ live, fieldManager: "me", initialApiVersion: "v1" });
  });

  test("what the cluster added is no business of the inputs", () => {
    const live: PlainMap = { spec: { replicas: 2, paused: false, list: [{ a: 1, b: 2 }, { a: 3 }] }, status: {} };
    expect(prune(live, { spec: { replicas: 1, list: [{ a: 0 }] } })).toEqual({
      spec: { replicas: 2, list: [{ a: 1 }] },
    });
  });

  test("names: given ones stay, others follow from the seed and stay what they were", () => {
    const named = { metadata: { name: "mine" } };
    expect(withAutoname("web", named, {}, new Uint8Array())).toEqual(named);
    const first = withAutoname("web", {}, {}, new Uint8Array([1]));
    expect(first).toEqual(withAutoname("web", {}, {}, new Uint8Array([1])));
    expect(first.metadata).toMatchObject({ name: expect.stringMatching(/^web-[0-9a-f]{8}$/) });
    expect(withAutoname("web", {}, first, new Uint8Array([2]))).toEqual(first);
  });

  test("immutable parts make a new object", () => {
    const mutability = { configMaps: false, secrets: false };
    const deployment = replacedBy("apps/v1/Deployment", false, mutability);
    expect(replaces("spec.selector.matchLabels.app", deployment)).toBe(true);
    expect(replaces("spec.replicas", deployment)).toBe(false);
    expect(replaces("data.key", replacedBy("v1/ConfigMap", false, mutability))).toBe(true);
    expect(replaces("data.key", replacedBy("v1/ConfigMap", false, { ...mutability, configMaps: true }))).toBe(false);
  });

  test("the fields of the plain create are taken over, those of others left alone", () => {
    const entry = (manager: string, operation: string, fieldsV1: PlainMap) => ({ manager, operation, fieldsV1 });
    const managedFields = [
      entry("pulumi-kubernetes", "Update", { "f:spec": { "f:a": {} } }),
      entry("me", "Apply", { "f:spec": { "f:b": {} } }),
      entry("controller", "Update", { "f:status": {} }),
    ];
    expect(takenOver({ metadata: { managedFields } }, "me")).toEqual([
      managedFields[2],
      entry("me", "Apply", { "f:spec": { "f:a": {}, "f:b": {} } }),
    ]);
    expect(takenOver({ metadata: { managedFields: managedFields.slice(1) } }, "me")).toBeUndefined();
  });
});

describe("releases", () => {
  const inputs = { name: "web", namespace: "shop", chart: "./charts/web", timeout: 60, values: { a: { b: 1 } } };

  test("flags follow from the inputs; values and the kubeconfig are on no command line", () => {
    const release = parseRelease({ ...inputs, atomic: true, repositoryOpts: { repo: "https://charts.test" } });
    const parameters = upgradeParameters(release, "/c/web", false);
    expect(parameters.slice(0, 3)).toEqual(["upgrade", "web", "/c/web"]);
    for (const flag of [
      "--install",
      "--values=-",
      "--namespace=shop",
      "--timeout=60s",
      "--wait",
      "--atomic",
      "--repo=https://charts.test",
    ])
      expect(parameters).toContain(flag);
    expect(upgradeParameters(parseRelease({ ...inputs, skipAwait: true }), "/c/web", false)).not.toContain("--wait");
  });

  test("a repository's password is refused: Helm would show it", () => {
    expect(() => parseRelease({ ...inputs, repositoryOpts: { password: new Secret("p") } })).toThrow("command line");
  });

  test("values win over those of a file, key by key", () => {
    expect(valuesOf(inputs, "/")).toEqual({ a: { b: 1 } });
  });

  test("a manifest's objects by kind", () => {
    const manifest =
      "kind: Service\napiVersion: v1\nmetadata: {name: a}\n---\nkind: Service\napiVersion: v1\nmetadata: {name: b, namespace: n}\n";
    expect(resourceNames(manifest, "shop")).toEqual({ "Service.v1": ["shop/a", "n/b"] });
  });
});
