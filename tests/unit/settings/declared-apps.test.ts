import { describe, expect, it } from "vitest";
import { platformFlows } from "../../../components/platform/network-flows.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { unusedApplicationSecrets } from "../../../components/settings/rules/application-secrets.ts";
import { change, problemsOf, stackConfig, stackFileConfig } from "./stack-files.ts";

const canary = "canary-5a1d";
const dev = stackFileConfig("dev");

const withApp = (app: unknown, name = "front") => change(dev, { [`apps.${name}`]: app });
const minimal = { kind: "workload", image: "docker.io/library/nginx:1.29.4", port: 8080 };
const configOf = (more: Readonly<Record<string, unknown>>) => stackConfig(withApp({ ...minimal, ...more }));

describe("an application that is declared", () => {
  it("needs an image, and has defaults for all else", () => {
    const { apps } = parseSettings(stackConfig(withApp({ kind: "workload", image: minimal.image })));
    expect(apps.front).toEqual({
      ...{ kind: "workload", image: minimal.image, environment: {}, secrets: {}, files: {}, volumes: {}, calls: [] },
      ...{ temporaryFolders: [], ports: {}, startSeconds: 300, resources: { cpu: "50m", memory: "256Mi" }, user: 1000 },
      ...{ readOnlyRootFilesystem: false, replicas: 1, placement: {} },
    });
    expect(apps.edge).toBeDefined();
  });

  it("writes variables as YAML has them, and a volume by its size", () => {
    const { apps } = parseSettings(configOf({ environment: { A: 1, B: true }, volumes: { "/data": "1Gi" } }));
    expect(apps.front).toMatchObject({
      environment: { A: "1", B: "true" },
      volumes: { "/data": { size: "1Gi", access: "ReadWriteOnce" } },
    });
  });

  it("may share a name with others, each below its own path", () => {
    const behind = (path: string) => ({ ...minimal, expose: { by: "ingress", host: "shop.grappe.test", path } });
    const config = change(dev, { "apps.front": behind("/"), "apps.customers": behind("/apis/customers") });
    expect(problemsOf(stackConfig(config))).toEqual([]);
  });
});

describe("what is refused of it", () => {
  const refused: readonly [string, Readonly<Record<string, unknown>>, string, RegExp][] = [
    ...["latest", "2", "v3", "2-alpine", "lts-jdk21", "stable", "bookworm"].map(
      (tag) =>
        [`the tag ${tag}`, { image: `docker.io/a/b:${tag}` }, "front.image", /floating tag/] as [
          string,
          Readonly<Record<string, unknown>>,
          string,
          RegExp,
        ],
    ),
    ["no tag", { image: "docker.io/a/b" }, "front.image", /without a tag/],
    ["a path that ends in a slash", { volumes: { "/data/": "1Gi" } }, 'front.volumes["/data/"]', /not a path/],
    ["the container's own system", { volumes: { "/proc/data": "1Gi" } }, 'front.volumes["/proc/data"]', /own system/],
    ["a size without a unit", { volumes: { "/data": "20" } }, 'front.volumes["/data"]', /not an amount of storage/],
    [
      "an access that isn't",
      { volumes: { "/data": { size: "1Gi", access: "RWX" } } },
      'front.volumes["/data"].access',
      /none of/,
    ],
    [
      "a file where a volume is",
      { volumes: { "/data": "1Gi" }, files: { "/data": "x" } },
      'front.files["/data"]',
      /something else lies/,
    ],
    ["too large files", { files: { "/a": "x".repeat(900_001) } }, "front.files", /1 MiB/],
    ["a variable with a blank", { environment: { "A B": "x" } }, 'front.environment["A B"]', /not a variable/],
    [
      "a variable twice",
      { environment: { A: "x" }, secrets: { A: { generate: "password" } } },
      "front.environment.A",
      /`secrets`, too/,
    ],
    ["a secret of grappe's", { secrets: { A: "sshPrivateKey" } }, "front.secrets.A", /secret of grappe's own/],
    [
      "what isn't generated",
      { secrets: { A: { generate: "token" } } },
      "front.secrets.A.generate",
      /none of the values/,
    ],
    ["no DNS name of a port", { ports: { Metrics: { port: 9090 } } }, "front.ports.Metrics", /not a port's name/],
    ["the same port twice", { ports: { metrics: { port: 8080 } } }, "front.ports.metrics", /the port of port, too/],
    [
      "an exposure of nothing",
      { port: undefined, expose: { by: "nodePort", port: 30444 } },
      "front.expose",
      /only with `port`/,
    ],
    [
      "a path that isn't one",
      { expose: { by: "ingress", host: "a.test", path: "/a/" } },
      "front.expose.path",
      /not a path/,
    ],
    ["no amount of CPU", { resources: { cpu: "0.5" } }, "front.resources.cpu", /not an amount of CPU/],
    ["a file below a file", { files: { "/a": "x", "/a/b": "y" } }, 'front.files["/a/b"]', /below \/a, which is a file/],
    [
      "a volume below a file",
      { files: { "/a": "x" }, volumes: { "/a/b": "1Gi" } },
      'front.volumes["/a/b"]',
      /below \/a, which is a file/,
    ],
    [
      "a further port at the Service's",
      { servicePort: 80, ports: { x: { port: 80 } } },
      "front.ports.x",
      /servicePort/,
    ],
    ["an unknown key", { imge: "x" }, "front.imge", /unknown key/],
  ];
  it.each(refused)("%s", (_, more, path, reason) => {
    const problems = problemsOf(configOf(more));
    expect(problems.map((problem) => problem.path)).toEqual([`grappe:apps.${path}`]);
    expect(problems[0]?.reason).toMatch(reason);
  });

  it.each(["Front", "front_end", "-front", "1front", `a${"b".repeat(40)}`])("the name %s", (name) => {
    expect(problemsOf(stackConfig(withApp(minimal, name)))[0]?.reason).toMatch(/not an application's name/);
  });

  it.each(["default", "kube-system", "calico-system", ...Object.keys(platformFlows)])("the namespace %s", (name) => {
    expect(problemsOf(stackConfig(withApp(minimal, name)))[0]?.reason).toMatch(/a part of the cluster/);
  });

  it("no kind, and a built-in name that is misspelt", () => {
    const [problem, ...others] = problemsOf(stackConfig(withApp({ replicas: 2 }, "calculater")));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ path: "grappe:apps.calculater.kind", reason: "is missing." });
    expect(problem?.fix).toMatch(
      /Did you mean `calculator` in place of `calculater`\? Write one of `odoo`, .*`workload`/,
    );
  });

  it.each(["2.541-lts", "1.29.4", "v0.16", "20260817", "build-4821", "9f8e7d6", "RELEASE.2025-04-22T22-12-26Z"])(
    "not the tag %s",
    (tag) => expect(problemsOf(configOf({ image: `docker.io/a/b:${tag}` }))).toEqual([]),
  );

  it("nor any tag beside a digest", () => {
    expect(problemsOf(configOf({ image: `docker.io/a/b:latest@sha256:${"a".repeat(64)}` }))).toEqual([]);
  });
});

describe("its secrets", () => {
  const app = withApp({ ...minimal, secrets: { TOKEN: "frontToken", PASSWORD: { generate: "password" } } });

  it("are encrypted settings by their names", () => {
    const { applicationSecrets } = parseSettings(stackConfig(app, { "grappe:frontToken": canary }));
    expect(applicationSecrets).toEqual({ frontToken: canary });
  });

  it("are missed with the command that sets them", () => {
    const [problem, ...others] = problemsOf(stackConfig(app));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      path: "grappe:frontToken",
      reason: "is missing; `grappe:apps.front.secrets.TOKEN` is to be it.",
      fix: "Run `pulumi config set --stack test --secret grappe:frontToken`, which asks for the value.",
    });
    const [near] = problemsOf(stackConfig(app, { "grappe:frontTokn": canary }));
    expect(near?.fix).toMatch(/^Did you mean `frontTokn` there\?/);
  });

  it("are refused in plain text, and empty, without a word of them", () => {
    const plain = { ...app, "grappe:frontToken": canary };
    const [problem] = problemsOf(stackConfig(plain));
    expect(problem?.reason).toMatch(/plain text/);
    expect(JSON.stringify(problem)).not.toContain(canary);
    expect(problemsOf(stackConfig(app, { "grappe:frontToken": "" }))[0]?.reason).toMatch(/is empty/);
  });

  it("may be set before they are used, and then are told; what looks like a misspelt one is refused", () => {
    const early = stackConfig(dev, { "grappe:frontToken": canary });
    const { apps } = parseSettings(early);
    expect(unusedApplicationSecrets(early, apps)).toEqual([
      expect.stringMatching(/^grappe:frontToken is set, but no application's `secrets` names it/),
    ]);
    const used = stackConfig(app, { "grappe:frontToken": canary });
    expect(unusedApplicationSecrets(used, parseSettings(used).apps)).toEqual([]);
    const misspelt = problemsOf(stackConfig(dev, { "grappe:registryPasword": "{}" }));
    expect(misspelt[0]?.fix).toMatch(/Did you mean `grappe:registryPasswords`/);
  });
});
