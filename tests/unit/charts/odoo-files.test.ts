import { describe, expect, test } from "vitest";
import { configurationOf, installed, list, named } from "./installed-odoo.ts";
import { field, objectOf, odooChart, type RenderedObject, rendered } from "./rendered-chart.ts";

/** Enough for a first build of Helm on a cold machine. */
const timeout = 600_000;

const kinds = ["Deployment", "Job"] as const;
const volume = (objects: readonly RenderedObject[], kind: string, name: string) =>
  named(field(objectOf(objects, kind), "spec.template.spec.volumes"), name);
const environment = (objects: readonly RenderedObject[], kind: string, name: string) =>
  field(named(field(objectOf(objects, kind), "spec.template.spec.containers.0.env"), name), "value");
const claims = (objects: readonly RenderedObject[]) => objects.filter(({ kind }) => kind === "PersistentVolumeClaim");

describe("without a filestore", { timeout }, () => {
  test("nothing of Odoo's is on a volume that lasts", async () => {
    const objects = await installed({});
    expect(claims(objects)).toEqual([]);
    for (const kind of kinds) {
      expect(volume(objects, kind, "data")).toEqual({ name: "data", emptyDir: { sizeLimit: "1Gi" } });
    }
    expect(environment(objects, "Job", "ATTACHMENTS")).toBe("db");
  });

  test("sessions are in the database; the way there holds no password", async () => {
    const objects = await installed({ database: "shop" });
    for (const kind of kinds) {
      expect(environment(objects, kind, "SESSION_DB_URI")).toBe(
        "postgresql:///shop?service=odoo&options=-csearch_path%3Dsessions",
      );
      expect(volume(objects, kind, "session-module")).toEqual({
        name: "session-module",
        configMap: { name: "odoo-session-db-19.0.1.0.0.2" },
      });
    }
    expect(configurationOf(objects)).toContain("addons_path = /mnt/extra-addons,/run/odoo/addons\n");
    expect(configurationOf(objects)).toContain("server_wide_modules = base,rpc,web,session_db\n");
  });

  test("Odoo 18 has its own modules", async () => {
    const objects = await installed({ image: "docker.io/library/odoo:18.0-20260817" });
    expect(configurationOf(objects)).toContain("server_wide_modules = base,web,session_db\n");
    expect(field(volume(objects, "Deployment", "session-module"), "configMap.name")).toBe("odoo-session-db-18.0.1.0.2");
  });

  test("two pods are on two machines, where there are as many", async () => {
    const deployment = objectOf(await installed({}), "Deployment");
    expect(field(deployment, "spec.replicas")).toBe(2);
    expect(field(deployment, "spec.strategy.type")).toBe("RollingUpdate");
    expect(field(deployment, "spec.template.spec.topologySpreadConstraints.0")).toMatchObject({
      topologyKey: "kubernetes.io/hostname",
      maxSkew: 1,
      whenUnsatisfiable: "DoNotSchedule",
      nodeTaintsPolicy: "Honor",
      matchLabelKeys: ["pod-template-hash"],
    });
  });

  test("what a filestore holds is moved by the initialisation alone", async () => {
    const objects = await installed({ filestore: { size: "20Gi", moveToDatabase: true } });
    expect(claims(objects)).toHaveLength(1);
    expect(volume(objects, "Job", "data")).toEqual({
      name: "data",
      persistentVolumeClaim: { claimName: "odoo-filestore" },
    });
    expect(field(volume(objects, "Deployment", "data"), "emptyDir")).toBeDefined();
    expect(environment(objects, "Job", "MOVE_FILESTORE")).toBe("true");
  });

  test.each([
    ["no session module", { filestore: { enabled: false } }, /sessions\.module/],
    ["a filestore that is used and moved", { filestore: { enabled: true, moveToDatabase: true } }, /filestore/],
    [
      "a series that isn't known",
      { image: "docker.io/library/odoo:17.0-20260817", filestore: { enabled: false }, sessions: { module: "m" } },
      /18\.0 or 19\.0/,
    ],
  ])("refuses %s", async (_case, values, said) => {
    await expect(rendered(odooChart, values)).rejects.toThrow(said);
  });
});

describe("with a filestore", { timeout }, () => {
  test("attachments and sessions are on its volume", async () => {
    const objects = await installed({ filestore: { size: "20Gi", storageClass: "nfs-client" } });
    const [claim] = claims(objects);
    expect(field(claim, "spec")).toMatchObject({
      accessModes: ["ReadWriteMany"],
      storageClassName: "nfs-client",
      resources: { requests: { storage: "20Gi" } },
    });
    for (const kind of kinds) {
      expect(field(volume(objects, kind, "data"), "persistentVolumeClaim.claimName")).toBe("odoo-filestore");
      expect(environment(objects, kind, "SESSION_DB_URI")).toBeUndefined();
    }
    expect(environment(objects, "Job", "ATTACHMENTS")).toBe("file");
    expect(configurationOf(objects)).not.toContain("server_wide_modules");
    expect(field(objectOf(objects, "Deployment"), "spec.replicas")).toBe(1);
  });

  test("another place for attachments makes another initialisation", async () => {
    const settings = [{}, { filestore: {} }, { filestore: { moveToDatabase: true } }];
    const objects = await Promise.all(settings.map((one) => installed(one)));
    expect(new Set(objects.map((one) => objectOf(one, "Job").metadata.name)).size).toBe(3);
  });
});

test("connections notice within ten seconds that a machine is gone", { timeout }, async () => {
  const objects = await installed({});
  const configuration = field(objectOf(objects, "ConfigMap", "odoo-configuration"), "data");
  const service = String(Reflect.get(Object(configuration), "pg_service.conf")).split("\n");
  expect(service).toEqual(expect.arrayContaining(["[odoo]", "host=odoo-database", "tcp_user_timeout=10000"]));
  expect(list(service).some((line) => String(line).startsWith("password"))).toBe(false);
  expect(environment(objects, "Deployment", "PGSERVICE")).toBe("odoo");
  expect(environment(objects, "Deployment", "PGSERVICEFILE")).toBe("/run/odoo/pg_service.conf");
});
