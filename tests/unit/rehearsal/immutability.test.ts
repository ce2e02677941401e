import { describe, expect, it } from "vitest";
import { type Fields, forbiddenChanges, guardedKinds } from "../../../rehearsal/world/kubernetes/immutability.ts";

type Change = readonly [before: Fields, after: Fields];

const spec = (fields: Fields): Fields => ({ spec: fields });
const selector = (app: string) => ({ selector: { matchLabels: { app } } });
const template = (image: string) => ({ template: { spec: { containers: [{ name: "a", image }] } } });
const claim = (fields: Fields, storage = "10Gi") =>
  spec({
    accessModes: ["ReadWriteOnce"],
    storageClassName: "local-path",
    resources: { requests: { storage } },
    ...fields,
  });
const claimTemplate = (storage: string) => ({
  volumeClaimTemplates: [{ spec: { resources: { requests: { storage } } } }],
});
const roleRef = (name: string) => ({ roleRef: { kind: "Role", name } });

/** Of every kind: changes that the API server refuses, with its words; and some that it takes. */
const cases: Readonly<
  Record<string, { refused: readonly (readonly [...Change, string])[]; taken: readonly Change[] }>
> = {
  "apps/Deployment": {
    refused: [[spec(selector("a")), spec(selector("b")), "spec.selector: Invalid value: "]],
    taken: [
      [
        spec({ ...selector("a"), replicas: 1, ...template("a") }),
        spec({ ...selector("a"), replicas: 2, ...template("b") }),
      ],
    ],
  },
  "apps/DaemonSet": { refused: [[spec(selector("a")), spec(selector("b")), "spec.selector"]], taken: [] },
  "apps/ReplicaSet": { refused: [[spec(selector("a")), spec(selector("b")), "spec.selector"]], taken: [] },
  "apps/StatefulSet": {
    refused: [
      [
        spec(claimTemplate("10Gi")),
        spec(claimTemplate("20Gi")),
        "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ],
      [spec({ serviceName: "a" }), spec({ serviceName: "b" }), "spec: Forbidden"],
      [spec({}), spec({ podManagementPolicy: "Parallel" }), "spec: Forbidden"],
    ],
    taken: [
      [spec({ replicas: 1, ...template("a") }), spec({ replicas: 3, ...template("b"), minReadySeconds: 5 })],
      [spec({}), spec({ podManagementPolicy: "OrderedReady" })],
      [spec(claimTemplate("10Gi")), spec(claimTemplate("10240Mi"))],
    ],
  },
  "apps/ControllerRevision": { refused: [[{ data: { a: 1 } }, { data: { a: 2 } }, "data"]], taken: [] },
  "batch/Job": {
    refused: [
      [spec(template("a")), spec(template("b")), "spec.template: Invalid value"],
      [spec({ completions: 1 }), spec({ completions: 2 }), "spec.completions: Invalid value: 2: field is immutable"],
      [spec({}), spec({ completionMode: "Indexed" }), "spec.completionMode"],
    ],
    taken: [
      [spec({ suspend: true, ...template("a") }), spec(template("b"))],
      [spec({ backoffLimit: 1, parallelism: 1 }), spec({ backoffLimit: 2, parallelism: 2 })],
      [spec({ completionMode: "Indexed", completions: 1 }), spec({ completionMode: "Indexed", completions: 2 })],
    ],
  },
  "storage.k8s.io/StorageClass": {
    refused: [
      [
        { reclaimPolicy: "Retain" },
        { reclaimPolicy: "Delete" },
        'reclaimPolicy: Invalid value: "Delete": field is immutable',
      ],
      [{ reclaimPolicy: "Retain" }, {}, 'reclaimPolicy: Invalid value: "Delete"'],
      [{ parameters: { share: "/a" } }, { parameters: { share: "/b" } }, "parameters: Invalid value"],
      [{ provisioner: "a" }, { provisioner: "b" }, "provisioner"],
      [{}, { volumeBindingMode: "WaitForFirstConsumer" }, "volumeBindingMode"],
    ],
    taken: [
      [{ reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }, { allowVolumeExpansion: true }],
      [{ mountOptions: ["a"] }, { mountOptions: ["b"] }],
    ],
  },
  "storage.k8s.io/CSIDriver": {
    refused: [[spec({}), spec({ attachRequired: false }), "spec.attachRequired"]],
    taken: [[spec({ attachRequired: true }), spec({ podInfoOnMount: true })]],
  },
  "storage.k8s.io/VolumeAttachment": {
    refused: [[spec({ nodeName: "a" }), spec({ nodeName: "b" }), "spec"]],
    taken: [],
  },
  "storage.k8s.io/VolumeAttributesClass": {
    refused: [[{ driverName: "a" }, { driverName: "b" }, "driverName"]],
    taken: [],
  },
  "/PersistentVolumeClaim": {
    refused: [
      [
        claim({}),
        claim({ storageClassName: "nfs-client" }),
        "spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
      ],
      [claim({}), claim({ accessModes: ["ReadWriteMany"] }), "spec: Forbidden"],
      [claim({}), claim({}, "5Gi"), "field can not be less than status.capacity"],
      [
        claim({}),
        claim({}, "20Gi"),
        "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
      ],
    ],
    taken: [
      [claim({ storageClassName: "nfs-client" }), claim({ storageClassName: "nfs-client" }, "20Gi")],
      [claim({ storageClassName: undefined }), claim({})],
      [claim({}), claim({ volumeName: "pv-1" })],
      [claim({}), claim({ volumeMode: "Filesystem" }, "10240Mi")],
    ],
  },
  "/PersistentVolume": {
    refused: [
      [spec({ local: { path: "/a" } }), spec({ local: { path: "/b" } }), "spec.persistentvolumesource: Forbidden"],
      [spec({}), spec({ volumeMode: "Block" }), "spec.volumeMode"],
    ],
    taken: [[spec({ persistentVolumeReclaimPolicy: "Delete" }), spec({ persistentVolumeReclaimPolicy: "Retain" })]],
  },
  "/Pod": {
    refused: [[spec({ nodeName: "a" }), spec({ nodeName: "b" }), "spec: Forbidden: pod updates may not change"]],
    taken: [[template("a").template, template("b").template]],
  },
  "/Service": {
    refused: [
      [
        spec({ clusterIP: "None" }),
        spec({ clusterIP: "10.0.0.1" }),
        'spec.clusterIP: Invalid value: "10.0.0.1": may not change once set',
      ],
      [
        spec({ type: "LoadBalancer" }),
        spec({ type: "LoadBalancer", loadBalancerClass: "a/b" }),
        "spec.loadBalancerClass: Invalid value",
      ],
    ],
    taken: [
      [spec({ clusterIP: "10.0.0.1" }), spec({})],
      [spec({ type: "ExternalName" }), spec({ type: "ClusterIP", clusterIP: "10.0.0.1" })],
      [spec({ type: "NodePort", ports: [{ port: 1 }] }), spec({ type: "LoadBalancer", ports: [{ port: 2 }] })],
    ],
  },
  "/Secret": {
    refused: [
      [{ type: "a" }, { type: "b" }, 'type: Invalid value: "b": field is immutable'],
      [{ immutable: true, data: { a: "1" } }, { immutable: true, data: { a: "2" } }, "data: Forbidden"],
    ],
    taken: [[{ stringData: { a: "1" } }, { type: "Opaque", stringData: { a: "2" } }]],
  },
  "/ConfigMap": {
    refused: [[{ immutable: true }, {}, "immutable: Forbidden: field is immutable when `immutable` is set"]],
    taken: [[{ data: { a: "1" } }, { data: { a: "2" }, immutable: true }]],
  },
  "/ResourceQuota": { refused: [[spec({ scopes: ["a"] }), spec({ scopes: ["b"] }), "spec.scopes"]], taken: [] },
  "/Node": {
    refused: [[spec({ podCIDR: "10.0.0.0/24" }), spec({ podCIDR: "10.0.1.0/24" }), "spec.podCIDR"]],
    taken: [[spec({}), spec({ podCIDR: "10.0.0.0/24", taints: [] })]],
  },
  "rbac.authorization.k8s.io/RoleBinding": {
    refused: [[roleRef("a"), roleRef("b"), "cannot change roleRef"]],
    taken: [[{ subjects: [] }, { subjects: [{ name: "a" }] }]],
  },
  "rbac.authorization.k8s.io/ClusterRoleBinding": {
    refused: [[roleRef("a"), roleRef("b"), "cannot change roleRef"]],
    taken: [],
  },
  "networking.k8s.io/IngressClass": {
    refused: [[spec({ controller: "a" }), spec({ controller: "b" }), "spec.controller"]],
    taken: [],
  },
  "networking.k8s.io/IPAddress": {
    refused: [[spec({ parentRef: "a" }), spec({ parentRef: "b" }), "spec.parentRef"]],
    taken: [],
  },
  "networking.k8s.io/ServiceCIDR": {
    refused: [[spec({ cidrs: ["a"] }), spec({ cidrs: ["b"] }), "spec.cidrs"]],
    taken: [],
  },
  "scheduling.k8s.io/PriorityClass": {
    refused: [
      [{ value: 1 }, { value: 2 }, "value: Forbidden: may not be changed in an update."],
      [{}, { preemptionPolicy: "Never" }, "preemptionPolicy"],
    ],
    taken: [[{ description: "a" }, { description: "b" }]],
  },
  "discovery.k8s.io/EndpointSlice": {
    refused: [[{ addressType: "IPv4" }, { addressType: "IPv6" }, "addressType"]],
    taken: [],
  },
  "node.k8s.io/RuntimeClass": { refused: [[{ handler: "a" }, { handler: "b" }, "handler"]], taken: [] },
  "resource.k8s.io/ResourceClaim": { refused: [[spec({ a: 1 }), spec({ a: 2 }), "spec"]], taken: [] },
  "resource.k8s.io/ResourceClaimTemplate": { refused: [[spec({ a: 1 }), spec({ a: 2 }), "spec"]], taken: [] },
  "certificates.k8s.io/ClusterTrustBundle": {
    refused: [[spec({ signerName: "a" }), spec({ signerName: "b" }), "spec.signerName"]],
    taken: [],
  },
  "postgresql.cnpg.io/Cluster": {
    refused: [
      [
        spec({ storage: { size: "10Gi" } }),
        spec({ storage: { size: "5Gi" } }),
        "can't shrink existing storage from 10Gi to 5Gi",
      ],
    ],
    taken: [[spec({ instances: 3, storage: { size: "10Gi" } }), spec({ instances: 5, storage: { size: "20Gi" } })]],
  },
};

function forbidden(kind: string, before: Fields, after: Fields): string[] {
  const [group = "", name = ""] = kind.split("/");
  return forbiddenChanges(group, name, { before, after, expands: (storageClass) => storageClass === "nfs-client" });
}

describe("what the API server lets nobody change", () => {
  it("has a case of every kind", () => {
    expect(Object.keys(cases).toSorted()).toEqual(guardedKinds.toSorted());
  });

  it.each(Object.entries(cases))("%s", (kind, { refused, taken }) => {
    expect(refused.length).toBeGreaterThan(0);
    for (const [before, after, words] of refused) {
      expect(forbidden(kind, before, after).join("; ")).toContain(words);
      expect(forbidden(kind, before, before)).toEqual([]);
    }
    for (const [before, after] of taken) expect(forbidden(kind, before, after)).toEqual([]);
  });

  it("tells no Secret's data", () => {
    const change = [
      { immutable: true, data: { a: "hush" } },
      { immutable: true, data: { a: "hushed" } },
    ] as const;
    expect(forbidden("/Secret", ...change).join()).not.toContain("hush");
  });

  it("doesn't mind the order of names, nor what is empty", () => {
    const before = spec({ selector: { matchLabels: { a: "1", b: "2" }, matchExpressions: [] } });
    expect(forbidden("apps/Deployment", before, spec({ selector: { matchLabels: { b: "2", a: "1" } } }))).toEqual([]);
  });
});
