import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { refuseMissingCharts } from "../../../components/apps/declared/bundled-charts.ts";
import { valuesWithSecrets } from "../../../components/apps/declared/chart-values.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { registeredGraph } from "../platform/registered-graph.ts";
import { change, problemsOf, stackConfig, stackFileConfig } from "../settings/stack-files.ts";

const repository = "https://grafana.github.io/helm-charts";
const minimal = { kind: "chart", repository, chart: "grafana", version: "9.4.4" };
const configOf = (app: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) =>
  stackConfig(change(stackFileConfig("dev"), { "apps.grafana": { ...minimal, ...app }, ...more }));

describe("an application by its chart", () => {
  it("is a release in its own namespace, from a mirror, with secrets at their places, behind the ingress", async () => {
    const app = {
      values: { adminUser: "shop", auth: { kind: "basic" } },
      secrets: { "auth.password": { generate: "password" } },
      expose: { by: "ingress", host: "grafana.grappe.test", service: "grafana", port: 80 },
    };
    const mirrors = { "https://grafana.github.io": "https://mirror.example.org" };
    const config = configOf(app, { "artifacts.mirrors": mirrors });
    const { resources, apps } = await registeredGraph(parseSettings(config));
    const inputsOf = (name: string) => resources.find((resource) => resource.name === name)?.inputs;
    expect(inputsOf("grafana-release")).toMatchObject({
      ...{ chart: "grafana", version: "9.4.4", name: "grafana", namespace: "grafana", waitForJobs: true },
      repositoryOpts: { repo: "https://mirror.example.org/helm-charts" },
      values: { adminUser: "shop", auth: { kind: "basic", password: expect.anything() } },
    });
    expect(inputsOf("grafana-namespace")).toMatchObject({
      metadata: { labels: { "pod-security.kubernetes.io/enforce": "baseline" } },
    });
    const service = { name: "grafana", port: { number: 80 } };
    expect(inputsOf("grafana-ingress")).toMatchObject({
      spec: { rules: [{ host: "grafana.grappe.test", http: { paths: [{ path: "/", backend: { service } }] } }] },
    });
    const password = apps.passwords?.grafana?.["auth.password"] ?? pulumi.output("");
    expect(await pulumi.isSecret(password)).toBe(true);
    const urls = await new Promise((resolve) => apps.urls.grafana?.apply(resolve));
    expect(urls).toEqual(["https://grafana.grappe.test"]);
  });

  it("is taken from the bundle, which must have it", () => {
    const { apps } = parseSettings(configOf({}));
    const chart = { kind: "chart", architecture: "any", file: "a", sha256: "b", size: 1, origin: "added" } as const;
    const source = (version: string) => ({
      ...{ mirrors: {}, lock: {} },
      bundle: { directory: "/bundle", artifacts: [{ ...chart, name: "grafana", version }] },
    });
    expect(() => refuseMissingCharts(apps, source("9.4.4"))).not.toThrow();
    expect(() => refuseMissingCharts(apps, { mirrors: {}, lock: {} })).not.toThrow();
    expect(() => refuseMissingCharts(apps, source("9.4.3"))).toThrow(
      /has no chart grafana 9\.4\.4, which grappe:apps\.grafana is\n.*grappe bundle add/,
    );
  });
});

describe("what is refused of it", () => {
  const refused: readonly [string, Readonly<Record<string, unknown>>, string, RegExp][] = [
    ...["^9.4.4", "9", "9.4", "9.x", "9.4.x", "latest", ">=9.0.0", "~9.4.4", "9.4.4 - 9.5.0"].map(
      (version): [string, Readonly<Record<string, unknown>>, string, RegExp] => [
        `the version ${version}`,
        { version },
        "version",
        /not an exact version/,
      ],
    ),
    ["no repository", { repository: "grafana" }, "repository", /not an address/],
    ["a name with the repository's", { chart: "grafana/grafana" }, "chart", /not a chart's name/],
    ["a node port", { expose: { by: "nodePort", port: 30444 } }, "expose.by", /none of the values/],
    [
      "a place that is taken",
      { values: { a: { b: "c" } }, secrets: { "a.b": "someSecret" } },
      'secrets["a.b"]',
      /something/,
    ],
    ["a place below a text", { values: { a: "b" }, secrets: { "a.b": "someSecret" } }, 'secrets["a.b"]', /`a`/],
  ];
  it.each(refused)("%s", (_, app, path, reason) => {
    const config = configOf(app);
    const given = { ...config.values, "grappe:someSecret": "x" };
    const secretKeys = new Set([...config.secretKeys, "grappe:someSecret"]);
    const problems = problemsOf({ ...config, values: given, secretKeys });
    const found = problems.filter((problem) => problem.path === `grappe:apps.grafana.${path}`);
    expect(found).toHaveLength(1);
    expect(found[0]?.reason).toMatch(reason);
  });
});

it("a secret's place in the values leaves all others as they are", () => {
  expect(valuesWithSecrets({ a: { b: [1] }, c: 2 }, { "a.d.e": "x", f: "y" })).toEqual({
    a: { b: [1], d: { e: "x" } },
    c: 2,
    f: "y",
  });
});
