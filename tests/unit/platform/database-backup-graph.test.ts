import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { parseSettings } from "../../../components/settings/parse.ts";
import { change, stackConfig, stackFileConfig } from "../settings/stack-files.ts";
import { type Graph, type Registered, registeredGraph } from "./registered-graph.ts";

const backup = { s3: { bucket: "shop", accessKey: "AK", endpoint: "s3.example.org" } };
const secrets = { "grappe:backupSecretKey": "canary-secret-key", "grappe:proxyPassword": "canary-proxy" };
const graphOf = (changes: object): Promise<Graph> =>
  registeredGraph(parseSettings(stackConfig(change(stackFileConfig("pi"), { ...changes }), secrets)));

function resource({ resources }: Graph, name: string): Registered {
  const found = resources.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name} among ${resources.map((one) => one.name).join(", ")}`);
  return found;
}

test("operator, certificates, plugin, store, database, copies, proof: one after the other", async () => {
  const graph = await graphOf({ "platform.backup": backup });
  const story = [
    ["database-operator-gate", "barman-plugin-certificates"],
    ["barman-plugin-certificates", "barman-plugin-release"],
    ["barman-plugin-release", "barman-plugin-gate"],
    ["barman-plugin-gate", "odoo-namespace"],
    ["odoo-database-backup-secret", "odoo-database-backup-store"],
    ["odoo-database-backup-store", "odoo-release"],
    ["odoo-database-gate", "odoo-database-backup-schedule"],
    ["odoo-database-backup-schedule", "odoo-database-backup-gate"],
  ];
  for (const [before = "", after = ""] of story)
    expect([after, resource(graph, after).dependencies]).toEqual([after, expect.arrayContaining([before])]);
  expect(JSON.stringify(resource(graph, "odoo-release").inputs)).toContain('"server":"test-odoo-1f0c9a7e"');
  expect(graph.apps.backups?.odoo?.store).toBe("s3://shop/");
});

test("its key is a secret everywhere, and in no release's values", async () => {
  const graph = await graphOf({
    "platform.backup": backup,
    "site.proxy": { url: "http://proxy.example.org:3128", user: "shop" },
  });
  for (const { name, inputs } of graph.resources) {
    if (name === "odoo-database-backup-secret") continue;
    expect([name, JSON.stringify(inputs).includes("canary-secret-key")]).toEqual([name, false]);
    expect([name, JSON.stringify(inputs).includes("canary-proxy")]).toEqual([name, false]);
  }
  const { stringData } = resource(graph, "odoo-database-backup-secret").inputs;
  const told = JSON.stringify(stringData);
  expect(told).toContain("canary-secret-key");
  expect(told).toContain("http://shop:canary%2Dproxy@proxy.example.org:3128");
  expect(told.split(pulumi.runtime.specialSecretSig).length).toBeGreaterThan(1);
});

test("one instance that is saved is CloudNativePG's, and needs no other image", async () => {
  const graph = await graphOf({ "platform.backup": backup, "apps.odoo.postgres.instances": 1 });
  expect(JSON.stringify(resource(graph, "odoo-release").inputs)).toContain('"kind":"cluster"');
  resource(graph, "odoo-database-gate");
});

test.each([
  ["backup: false", { "platform.backup": backup, "apps.odoo.backup": false }],
  ["no bucket", {}],
])("%s: nothing of it is there", async (_, changes) => {
  const { resources, apps } = await graphOf(changes);
  expect(resources.map(({ name }) => name).filter((name) => /backup|barman/.test(name))).toEqual([]);
  expect(apps.backups).toBeUndefined();
});
