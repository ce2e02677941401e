import { expect, test } from "vitest";
import { parseSettings } from "../../../components/settings/parse.ts";
import { graphOf, resolved } from "../platform/registered-graph.ts";
import { change, problemsOf, stackConfig, stackFileConfig } from "../settings/stack-files.ts";

const pi = stackFileConfig("pi");
const outlet = {
  kind: "odoo",
  postgres: { instances: 1, storageClass: "local-path" },
  pointOfSale: { name: "Till", cashiers: ["carl"] },
  expose: { by: "nodePort", port: 30999 },
};
const twoShops = change(pi, { "apps.outlet": outlet });

test("a second shop has namespace, release, secrets, addresses and logins of its own", async () => {
  const { resources, apps } = await graphOf(twoShops);
  const { resources: ofOne } = await graphOf(pi);
  const names = (all: typeof resources) => all.map(({ name }) => name);
  const added = resources.filter(({ name }) => !names(ofOne).includes(name));
  expect(names(resources)).toEqual(expect.arrayContaining(names(ofOne)));
  expect(names(added).filter((name) => !name.startsWith("outlet"))).toEqual([]);
  expect(names(added)).toEqual(
    expect.arrayContaining([
      ...["outlet", "outlet-namespace", "outlet-release", "outlet-administrator", "outlet-database"],
      ...["outlet-admin-password", "outlet-cashier-carl"],
    ]),
  );
  const release = added.find(({ name }) => name === "outlet-release");
  expect(release?.inputs).toMatchObject({
    name: "outlet",
    namespace: "outlet",
    values: { database: { kind: "single" } },
  });
  expect(Object.keys(apps.logins)).toEqual(["odoo", "outlet"]);
  expect(Object.keys(apps.logins.outlet?.cashiers ?? {})).toEqual(["carl"]);
  expect(await resolved(apps.urls.outlet ?? Promise.reject(new Error("no address")))).toContain(
    "http://192.168.1.11:30999",
  );
});

test("each is judged, and told of, by its own name", () => {
  const wrong = { ...outlet, image: "docker.io/library/odoo:12.0", expose: { by: "ingress", host: "a.example.org" } };
  expect(problemsOf(stackConfig(change(pi, { "apps.outlet": wrong }))).map(({ path }) => path)).toEqual([
    "grappe:apps.outlet.expose.by",
    "grappe:apps.outlet.image",
  ]);
});

test("a shop may not have the name of another output", () => {
  const [problem] = problemsOf(stackConfig(change(pi, { "apps.backups": outlet })));
  expect(problem).toMatchObject({ path: "grappe:apps.backups", reason: expect.stringMatching(/name of an output/) });
});

test("one that is called by its kind needs no kind, and may write it", () => {
  const written = parseSettings(stackConfig(change(pi, { "apps.odoo.kind": "odoo" })));
  expect(written.apps).toEqual(parseSettings(stackConfig(pi)).apps);
});
