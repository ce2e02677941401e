import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nfsValues } from "../../../components/platform/nfs-storage.ts";
import { nfs } from "../../../lab/bundle/parts/nfs.ts";
import { field, objectOf, type RenderedObject, rendered } from "./rendered-chart.ts";

const chart = join(import.meta.dirname, "..", "..", "..", "lab", "charts", "csi-driver-nfs");
const nfsClass = { server: "10.0.0.5", path: "/srv/nfs", isDefault: true, onDelete: "archive" } as const;

describe("the chart that stands in for csi-driver-nfs", () => {
  const at = (given: unknown): Promise<RenderedObject[]> => rendered(chart, given);

  test("runs all images of its part", async () => {
    const run = [...JSON.stringify(await at(nfsValues(nfsClass))).matchAll(/"image":"([^"]+)"/g)].map(
      ([, image]) => image,
    );
    expect([...new Set(run)].toSorted()).toEqual(nfs.images.map(({ reference }) => reference).toSorted());
  });

  test("its class is the one that the settings describe", async () => {
    const made = objectOf(await at(nfsValues(nfsClass)), "StorageClass");
    expect(made).toMatchObject({
      metadata: { name: "nfs-client", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "nfs.csi.k8s.io",
      parameters: { server: "10.0.0.5", share: "/srv/nfs", onDelete: "archive" },
      reclaimPolicy: "Delete",
      mountOptions: ["nfsvers=4.1", "hard"],
    });
  });

  test("the kubelet is told of the driver's socket where the driver has it on the node", async () => {
    const node = objectOf(await at(nfsValues(nfsClass)), "DaemonSet", "csi-nfs-node");
    const volumes = field(node, "spec.template.spec.volumes");
    expect(volumes).toContainEqual({
      name: "socket",
      hostPath: { path: "/var/lib/kubelet/plugins/csi-nfsplugin", type: "DirectoryOrCreate" },
    });
    expect(JSON.stringify(node)).toContain(
      "--kubelet-registration-path=/var/lib/kubelet/plugins/csi-nfsplugin/csi.sock",
    );
  });

  test.each([{ onDelete: "remove" }, { mountpermissions: "0777" }])("refuses a class's parameter %j", async (wrong) => {
    const [made] = [nfsValues(nfsClass).storageClasses].flat();
    const given = { storageClasses: [{ ...made, parameters: { ...made.parameters, ...wrong } }] };
    await expect(at(given)).rejects.toThrow(/schema|values don't meet/);
  });
});
