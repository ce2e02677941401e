import { describe, expect, test } from "vitest";
import { odoo as manifest } from "../../../components/apps/odoo/manifest.ts";
import { type OdooDatabase, odooValues } from "../../../components/apps/odoo/odoo-values.ts";
import { field, objectOf, odooChart, rendered } from "./rendered-chart.ts";

const backup = { objectStore: "odoo-database", server: "shop-odoo-1f0c9a7e", recoveryPointSeconds: 10 };

async function clusterOf(settings: object, database: OdooDatabase): Promise<unknown> {
  const odoo = manifest.schema.parse({ expose: { by: "loadBalancer" }, ...settings });
  const objects = await rendered(odooChart, odooValues(odoo, { nodes: [], schedulableNodes: 3 }, [], database));
  expect(objects.some(({ kind }) => kind === "StatefulSet")).toBe(false);
  return field(objectOf(objects, "Cluster"), "spec");
}

/** A first build of Helm takes its time. */
describe("a database that is saved", { timeout: 600_000 }, () => {
  test("of one instance: CloudNativePG's, which archives to its own folder, and waits for nobody else", async () => {
    const spec = await clusterOf({}, { byOperator: true, backup });
    expect(spec).toMatchObject({
      instances: 1,
      plugins: [
        {
          name: "barman-cloud.cloudnative-pg.io",
          isWALArchiver: true,
          parameters: { barmanObjectName: "odoo-database", serverName: "shop-odoo-1f0c9a7e" },
        },
      ],
      postgresql: { parameters: { archive_timeout: "10s" } },
      bootstrap: { initdb: { database: "odoo" } },
    });
    expect(field(spec, "postgresql.synchronous")).toBeUndefined();
    expect(field(spec, "externalClusters")).toBeUndefined();
  });

  test("and one that isn't saved knows nothing of it", async () => {
    const spec = await clusterOf({ postgres: { instances: 3 } }, { byOperator: true });
    expect([field(spec, "plugins"), field(spec, "postgresql.parameters.archive_timeout")]).toEqual([
      undefined,
      undefined,
    ]);
    expect(field(spec, "postgresql.synchronous.number")).toBe(1);
  });

  test.each([
    [{ from: "shop-odoo-0badcafe" }, undefined],
    [{ from: "shop-odoo-0badcafe", at: "2026-01-02T03:04:05Z" }, { targetTime: "2026-01-02T03:04:05Z" }],
  ])("is made of another one's folder, with this stack's password: %o", async (restore, recoveryTarget) => {
    const spec = await clusterOf({ postgres: { instances: 3 }, restore }, { byOperator: true, backup });
    expect(field(spec, "bootstrap")).toEqual({
      recovery: {
        source: "former",
        database: "odoo",
        owner: "odoo",
        secret: { name: "odoo-database" },
        ...(recoveryTarget === undefined ? {} : { recoveryTarget }),
      },
    });
    expect(field(spec, "externalClusters")).toEqual([
      {
        name: "former",
        plugin: {
          name: "barman-cloud.cloudnative-pg.io",
          parameters: { barmanObjectName: "odoo-database", serverName: "shop-odoo-0badcafe" },
        },
      },
    ]);
    expect(field(spec, "plugins")).toMatchObject([{ parameters: { serverName: "shop-odoo-1f0c9a7e" } }]);
  });
});
