import { beforeEach, describe, expect, it } from "vitest";
import { kubernetesReplacement } from "../../../rehearsal/doubles/kubernetes/replacement.ts";
import {
  applyObject,
  createObject,
  deleteObject,
  forgetRecords,
  installRelease,
  uninstallRelease,
  upgradeRelease,
} from "../../../rehearsal/world/kubernetes/api.ts";
import {
  type Cluster,
  clusterAt,
  foreignObjects,
  kubeconfigOf,
  newCluster,
} from "../../../rehearsal/world/kubernetes/cluster.ts";
import { groupsOfChart } from "../../../rehearsal/world/kubernetes/kinds.ts";
import { newMachine } from "../../../rehearsal/world/machine.ts";

let cluster: Cluster;

beforeEach(() => {
  cluster = newCluster(["10.0.0.9"]);
  const about = {
    name: "n",
    hostKey: "",
    authorizedKeys: new Set<string>(),
    users: new Set<string>(),
    memoryCgroup: true,
  };
  cluster.nodes.set("n", { name: "n", machine: newMachine(about), machineLabel: "" });
});

const object = (kind: string, name: string, namespace?: string, apiVersion = "v1") => ({
  apiVersion,
  kind,
  name,
  namespace,
});
const release = { name: "metallb", namespace: "metallb-system", chart: "metallb", createNamespace: false };

describe("the API", () => {
  it("answers at its addresses, with its own certificate", () => {
    expect(clusterAt([cluster], kubeconfigOf(cluster, "10.0.0.9", "key"))).toBe(cluster);
    expect(() => clusterAt([cluster], kubeconfigOf(cluster, "10.0.0.8", "key"))).toThrow("no route to host");
    expect(() => clusterAt([cluster], kubeconfigOf(newCluster([]), "10.0.0.9", "key"))).toThrow("unknown authority");
    expect(() => clusterAt([cluster], "{}")).toThrow("no configuration");
  });

  it("refuses unknown namespaces, a second object of a name, and kinds that nobody brought", () => {
    expect(() => createObject(cluster, object("ConfigMap", "c", "shop"), true)).toThrow('namespaces "shop" not found');
    createObject(cluster, object("Namespace", "shop"), true);
    createObject(cluster, object("ConfigMap", "c", "shop"), true);
    expect(() => createObject(cluster, object("ConfigMap", "c", "shop"), true)).toThrow("already exists");
    const pool = object("IPAddressPool", "p", "shop", "metallb.io/v1beta1");
    expect(() => createObject(cluster, pool, false)).toThrow("no matches for kind");
    createObject(cluster, object("Namespace", "metallb-system"), true);
    installRelease(cluster, release);
    createObject(cluster, pool, false);
  });

  it("changes no field that can't be changed", () => {
    const storageClass = object("StorageClass", "local-path", undefined, "storage.k8s.io/v1");
    const apply = (reclaimPolicy: string) =>
      applyObject(cluster, storageClass, { manager: "m", wanted: JSON.stringify({ provisioner: "p", reclaimPolicy }) });
    createObject(cluster, storageClass, true);
    apply("Retain");
    apply("Retain");
    expect(() => apply("Delete")).toThrow(
      'StorageClass.storage.k8s.io "local-path" is invalid: reclaimPolicy: Invalid value: "Delete": field is immutable',
    );
  });

  it("deletes all that is in a namespace with it", () => {
    createObject(cluster, object("Namespace", "shop"), true);
    createObject(cluster, object("Deployment", "d", "shop", "apps/v1"), true);
    deleteObject(cluster, object("Namespace", "shop"));
    expect(foreignObjects(cluster)).toEqual([]);
  });

  it("has nothing ready without a node", () => {
    cluster.nodes.clear();
    expect(() => createObject(cluster, object("Deployment", "d", "default", "apps/v1"), true)).toThrow("0/0 nodes");
    expect(() => installRelease(cluster, { ...release, namespace: "default" })).toThrow("0/0 nodes");
  });
});

describe("releases", () => {
  it("want their namespace, and one name once", () => {
    expect(() => installRelease(cluster, release)).toThrow("not found");
    installRelease(cluster, { ...release, createNamespace: true });
    expect(() => installRelease(cluster, { ...release, createNamespace: true })).toThrow("still in use");
  });

  it("that are pending are refused until their record is forgotten or failed, and one that is gone can't go", () => {
    const installed = installRelease(cluster, { ...release, createNamespace: true });
    const [name, namespace] = [release.name, release.namespace];
    expect(() => upgradeRelease(cluster, name, namespace)).toThrow("in progress");
    installed.status = "failed";
    expect(upgradeRelease(cluster, name, namespace).status).toBe("pending-upgrade");
    forgetRecords(cluster, name, namespace, ["pending-install", "pending-upgrade"]);
    expect(installed.status).toBe("deployed");
    uninstallRelease(cluster, name, namespace);
    expect(() => uninstallRelease(cluster, name, namespace)).toThrow("release: not found");
    expect(() => upgradeRelease(cluster, name, namespace)).toThrow("has no deployed releases");
  });

  it.each([
    ["metallb", ["metallb.io"]],
    ["/bundle/charts/metallb-0.16.1.tgz", ["metallb.io"]],
    ["./charts/odoo", []],
  ])("bring kinds: %s", (chart, groups) => {
    expect(groupsOfChart(chart)).toEqual(groups);
  });
});

describe("replacement", () => {
  const named = (name: string, annotations = {}) => ({ metadata: { name, namespace: "shop", annotations } });

  it("follows the provider's own list", () => {
    const deployment = kubernetesReplacement("kubernetes:apps/v1:Deployment");
    expect(deployment.replaceOn("spec", "spec.selector.matchLabels.app")).toBe(true);
    expect(deployment.replaceOn("spec", "spec.replicas")).toBe(false);
    expect(deployment.replaceOn("metadata", "metadata.name")).toBe(true);
    expect(kubernetesReplacement("kubernetes:core/v1:Secret").replaceOn("data", "data.key")).toBe(true);
  });

  it("deletes first what keeps its name", () => {
    const { deleteBeforeReplace } = kubernetesReplacement("kubernetes:core/v1:ConfigMap");
    expect(deleteBeforeReplace(named("a"), named("a"))).toBe(true);
    expect(deleteBeforeReplace(named("a"), named("b"))).toBe(false);
    expect(deleteBeforeReplace(named("a"), named("a", { "pulumi.com/autonamed": "true" }))).toBe(false);
  });
});
