import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { databaseOperatorValues } from "../../../components/platform/database-operator.ts";
import { nfsValues } from "../../../components/platform/nfs-storage.ts";
import { pebbleValues } from "../../../components/platform/pebble.ts";
import { traefikValues } from "../../../components/platform/traefik-values.ts";
import { parts } from "../../../lab/bundle/parts/parts.ts";
import { clusterImage } from "../../../lab/bundle/parts/postgres.ts";
import { field, objectOf, type RenderedObject, rendered } from "./rendered-chart.ts";

const folder = join(import.meta.dirname, "..", "..", "..", "lab", "charts");
const nfsClass = { server: "10.0.0.5", path: "/srv/nfs", isDefault: true, onDelete: "archive" } as const;

/** Of each stand-in chart, the values that the program gives to the real one. */
const values: Readonly<Record<string, unknown>> = {
  "cloudnative-pg": databaseOperatorValues(),
  "csi-driver-nfs": nfsValues(nfsClass),
  pebble: pebbleValues(),
  traefik: traefikValues({
    authority: { directory: "https://ca.test/dir", email: "a@b.test", rootFile: "root.pem" },
    schedulableNodes: 3,
    loadBalancer: true,
    externalTrafficPolicy: "Local",
    trusted: { forwardedHeaders: [], proxyProtocol: [] },
  }),
};

/** Every image that an object's containers run. */
function imagesOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "image" && typeof inner === "string" ? [inner] : imagesOf(inner),
  );
}

const standIns = parts.flatMap(({ name, images, charts }) =>
  charts.flatMap(({ chart, otherwise }) =>
    "folder" in otherwise ? [{ name, images, folder: otherwise.folder, chart }] : [],
  ),
);

describe.each(standIns)("the chart that stands in for $chart.name", ({ images, folder: source, chart }) => {
  const path = join(folder, source);

  test("takes the program's values, and runs the very images of its part", async () => {
    const objects = await rendered(path, values[chart.name]);
    const run = new Set(objects.flatMap(imagesOf));
    // The database's own image is named by the Cluster, not by the operator's chart.
    const made = images.filter((image) => image !== clusterImage).map(({ reference }) => reference);
    expect([...run].toSorted()).toEqual(made.toSorted());
  });

  test("refuses a value that it doesn't know", async () => {
    expect(values[chart.name]).toBeDefined();
    await expect(rendered(path, { ...Object(values[chart.name]), surprise: 1 })).rejects.toThrow(/surprise/);
  });
});

describe("csi-driver-nfs", () => {
  const at = (given: unknown): Promise<RenderedObject[]> => rendered(join(folder, "csi-driver-nfs"), given);

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
