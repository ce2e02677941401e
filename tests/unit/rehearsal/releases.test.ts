import { beforeEach, describe, expect, it } from "vitest";
import { odoo as manifest } from "../../../components/apps/odoo/manifest.ts";
import { odooValues } from "../../../components/apps/odoo/odoo-values.ts";
import { nfsValues } from "../../../components/platform/nfs-storage.ts";
import { installRelease, uninstallRelease, upgradeRelease } from "../../../rehearsal/world/kubernetes/api.ts";
import { objectsOfChart } from "../../../rehearsal/world/kubernetes/chart-objects.ts";
import { type Cluster, newCluster, objectKey } from "../../../rehearsal/world/kubernetes/cluster.ts";
import type { Fields } from "../../../rehearsal/world/kubernetes/immutability.ts";
import { newMachine } from "../../../rehearsal/world/machine.ts";
import { odooChart, rendered } from "../charts/rendered-chart.ts";

let cluster: Cluster;

beforeEach(() => {
  cluster = newCluster(["10.0.0.9"]);
  const machine = newMachine({
    name: "n",
    hostKey: "",
    authorizedKeys: new Set(),
    users: new Set(),
    memoryCgroup: true,
  });
  cluster.nodes.set("n", { name: "n", machine, machineLabel: "" });
  const pool = { apiVersion: "metallb.io/v1beta1", kind: "IPAddressPool", namespace: "metallb-system", name: "pool" };
  cluster.objects.set(objectKey(pool), pool);
});

const single = { postgres: { instances: 1, size: "10Gi", storageClass: "local-path" } };
const replicated = { postgres: { instances: 3, size: "10Gi", storageClass: "local-path" } };

/** The values of Odoo's chart as the program gives them. */
function valuesOf(settings: object): Fields {
  const odoo = manifest.schema.parse({ expose: { by: "loadBalancer" }, filestore: { size: "10Gi" }, ...settings });
  return JSON.parse(JSON.stringify(odooValues(odoo, { nodes: [], schedulableNodes: 1 })));
}

function install(chart: string, values: Fields): void {
  const name = chart.split("/").at(-1) ?? chart;
  installRelease(cluster, { name, namespace: name, chart, createNamespace: true, values }).status = "deployed";
}

const upgrade = (name: string, values: Fields) => {
  upgradeRelease(cluster, name, name, values).status = "deployed";
};

const kinds = () =>
  [...cluster.objects.values()].filter(({ namespace }) => namespace === "odoo").map(({ kind }) => kind);

describe("a release of Odoo", () => {
  it("takes what can be taken, and says of the rest what Helm says", () => {
    install("./charts/odoo", valuesOf(single));
    upgrade("odoo", valuesOf({ ...single, replicas: 2, workers: 4, modules: ["stock"] }));
    expect(() => upgrade("odoo", valuesOf({ postgres: { ...single.postgres, size: "20Gi" } }))).toThrow(
      'cannot patch "odoo-database" with kind StatefulSet: StatefulSet.apps "odoo-database" is invalid: spec: Forbidden: updates to statefulset spec',
    );
    expect(() => upgrade("odoo", valuesOf({ ...single, filestoreAccessMode: "ReadWriteOnce" }))).toThrow(
      'cannot patch "odoo-filestore" with kind PersistentVolumeClaim',
    );
    expect(() => upgrade("odoo", valuesOf({ ...single, filestore: { size: "20Gi" } }))).toThrow("must support resize");
    expect(cluster.releases.get("odoo/odoo")?.status).toBe("failed");
    upgrade("odoo", valuesOf(single));
  });

  it.each([
    ["three of one", single, replicated],
    ["one of three", replicated, single],
  ])("waits in vain for an empty database: %s", (_, before, after) => {
    install("./charts/odoo", valuesOf(before));
    expect(() => upgrade("odoo", valuesOf(after))).toThrow("the database was not initialised");
    upgrade("odoo", valuesOf(before));
  });

  it("waits in vain for a database of another name", () => {
    install("./charts/odoo", valuesOf(single));
    expect(() => upgrade("odoo", valuesOf({ ...single, database: "shop" }))).toThrow('database "shop" does not exist');
  });

  it("waits in vain for an address that nothing gives", () => {
    cluster.objects.clear();
    expect(() => install("./charts/odoo", valuesOf(single))).toThrow("nothing gives addresses");
    install("./charts/other", valuesOf(single));
  });

  it("removes what it no longer makes, and at its end all but what is kept", () => {
    install("./charts/odoo", valuesOf(single));
    expect(kinds()).toEqual(expect.arrayContaining(["StatefulSet", "PersistentVolumeClaim", "Deployment"]));
    expect(() => upgrade("odoo", valuesOf(replicated))).toThrow();
    expect(kinds()).not.toContain("StatefulSet");
    uninstallRelease(cluster, "odoo", "odoo");
    expect(kinds().toSorted()).toEqual(["Cluster", "PersistentVolumeClaim"]);
  });
});

describe("a release of the NFS driver", () => {
  const nfs = (path: string, onDelete: "retain" | "delete") =>
    JSON.parse(JSON.stringify(nfsValues({ server: "nas", path, onDelete, isDefault: true })));

  it("takes neither another export nor another end of volumes", () => {
    install("csi-driver-nfs", nfs("/a", "retain"));
    upgrade("csi-driver-nfs", nfs("/a", "retain"));
    expect(() => upgrade("csi-driver-nfs", nfs("/b", "retain"))).toThrow(
      'StorageClass.storage.k8s.io "nfs-client" is invalid: parameters: Invalid value',
    );
    expect(() => upgrade("csi-driver-nfs", nfs("/a", "delete"))).toThrow(
      'reclaimPolicy: Invalid value: "Delete": field is immutable',
    );
  });

  it("gives volumes more room", () => {
    install("csi-driver-nfs", nfs("/a", "retain"));
    const shared = (size: string) => ({ ...single, filestore: { size, storageClass: "nfs-client" } });
    install("./charts/odoo", valuesOf(shared("10Gi")));
    upgrade("odoo", valuesOf(shared("20Gi")));
    expect(() => upgrade("odoo", valuesOf(shared("10Gi")))).toThrow("can not be less than");
  });
});

describe("what the rehearsal knows of Odoo's chart", { timeout: 600_000 }, () => {
  it.each([
    ["one PostgreSQL", single],
    ["three", replicated],
    ["no files", { ...single, filestore: undefined }],
    ["an address of its own", { ...single, expose: { by: "loadBalancer", address: "10.0.0.200" } }],
  ])("is what Helm renders of it: %s", async (_, settings) => {
    const values = valuesOf(settings);
    const objects = await rendered(odooChart, values);
    const known = objectsOfChart("odoo", { name: "odoo", values });
    expect(known.length).toBeGreaterThan(2);
    for (const { apiVersion, kind, name, kept, fields } of known) {
      const real = objects.find((object) => object.kind === kind && object.metadata.name === name);
      expect(real).toMatchObject({ apiVersion, ...fields });
      expect(JSON.stringify(real?.metadata).includes('"helm.sh/resource-policy":"keep"')).toBe(kept === true);
    }
    // What has fields that last is known, and a Job is named after what it is made of.
    const lasting = [
      "Service",
      "StatefulSet",
      "Cluster",
      "PersistentVolumeClaim",
      "Deployment",
      "StorageClass",
      "IngressClass",
    ];
    // A database's own Service has no address to be asked for.
    const made = objects
      .filter(({ kind, metadata }) => lasting.includes(kind) && (kind !== "Service" || metadata.name === "odoo"))
      .map(({ kind }) => kind);
    expect(known.map(({ kind }) => kind).toSorted()).toEqual(made.toSorted());
  });
});
