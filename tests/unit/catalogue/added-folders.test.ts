import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { run, SubprocessError } from "../../../runtime/subprocess.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const copied = [
  ...["components", "charts", "tests/unit/settings/stack-files.ts", "tests/unit/catalogue/probe.ts"],
  ...["package.json", "tsconfig.json", "artifacts.lock.json", "Pulumi.pi.yaml", "Pulumi.dev.yaml"],
];

const networkManifest = `
import { amongAllNodes } from "../../../settings/node-port.ts";
import type { CniManifest } from "../manifest.ts";

const chart = { name: "braid", version: "2.8.1", repository: "https://charts.example.org/" };

export const braid: CniManifest = {
  title: "Braid",
  distributions: { kubeadm: "chart" },
  enforcesPolicies: ["kubeadm"],
  replacesKubeProxy: false,
  podSubnets: "kubernetes",
  packets: () => "encapsulated",
  nodePorts: () => [amongAllNodes("udp", 6784, "pods reach each other by Braid")],
  variants: [{ flannelBackend: "vxlan" }],
  openPorts: [{ port: 6781, what: "Braid's health", withoutKey: "whether it is well" }],
  kernelModules: () => [],
  folders: [],
  chart: {
    charts: [chart],
    namespace: "braid-net",
    furtherNamespaces: [],
    images: ["docker.io/example/braid:2.8.1"],
    releases: ({ cluster }) => [{ name: "braid", chart, values: { range: cluster.podCidr } }],
  },
};
`;

const applicationManifest = `
import { z } from "zod";
import { exposure } from "../../settings/schema/exposure.ts";
import type { AppManifest } from "../manifest.ts";

const schema = z.strictObject({
  kind: z.literal("tracker").default("tracker"),
  storageClass: z.string().optional(),
  token: z.union([z.string(), z.strictObject({ generate: z.literal("password") })]),
  expose: exposure.optional(),
});
export type TrackerSettings = z.output<typeof schema>;

export const tracker = {
  schema,
  isNamedByKind: true,
  volumes: (name, { storageClass }) => [{ what: \`\${name}'s tasks\`, path: [], storageClass }],
  secrets: ({ token }) => ({ token }),
  parts: () => ["mailpit"],
} satisfies AppManifest<TrackerSettings>;
`;

const applicationComponent = `
import * as pulumi from "@pulumi/pulumi";
import type { AppSurroundings, DeployedApp } from "../deployed-app.ts";
import { exposedUrls } from "../exposure.ts";
import type { TrackerSettings } from "./manifest.ts";

export function deployTracker(name: string, { expose }: TrackerSettings, { nodes }: AppSurroundings): DeployedApp {
  const logins = { adminLogin: name, adminPassword: pulumi.output("") };
  return { urls: pulumi.output(expose === undefined ? [] : exposedUrls(expose, nodes, undefined, undefined)), logins };
}
`;

const told = z.object({
  schema: z.string(),
  releases: z.array(z.object({ name: z.string(), values: z.record(z.string(), z.unknown()) })),
  charts: z.array(z.object({ name: z.string() })),
  parts: z.array(z.string()),
  securityRules: z.array(z.string()),
  triedPorts: z.array(z.number()),
  openPorts: z.array(z.object({ port: z.number() })),
  unenforced: z.string().optional(),
  problems: z.record(z.string(), z.array(z.object({ path: z.string(), reason: z.string() }))),
  outputs: z.object({ urls: z.record(z.string(), z.array(z.string())), logins: z.array(z.string()) }),
});

let folder = "";

async function add(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}

/** A line into a list, and its import. */
async function enlist(file: string, anImport: string, list: RegExp, entry: string): Promise<void> {
  const text = await readFile(join(folder, file), "utf8");
  expect(text).toMatch(list);
  await writeFile(join(folder, file), `${anImport}\n${text.replace(list, (before) => `${before} ${entry},`)}`);
}

/** What the compiler says of how applications are deployed. */
async function compilerSays(): Promise<string> {
  const config = { extends: "./tsconfig.json", files: ["components/apps/kinds.ts"], include: [] };
  await add("tsconfig.kinds.json", JSON.stringify(config));
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  let said = "";
  const hear = { onOutput: (text: string) => (said += text) };
  const compiled = run([process.execPath, compiler, "--noEmit", "-p", join(folder, "tsconfig.kinds.json")], hear);
  await compiled.catch((error: unknown) => {
    if (!(error instanceof SubprocessError)) throw error;
  });
  return said;
}

/** Two compilations and a program with all of the components. */
const patience = 300_000;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "grappe-added-"));
  for (const path of copied) await cp(join(root, path), join(folder, path), { recursive: true });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await add("components/cluster/cni/braid/manifest.ts", networkManifest);
  await enlist(
    "components/cluster/cni/manifests.ts",
    'import { braid } from "./braid/manifest.ts";',
    /export const cnis = \{/,
    "braid",
  );
  await add("components/apps/tracker/manifest.ts", applicationManifest);
  await add("components/apps/tracker/deploy-tracker.ts", applicationComponent);
  await enlist(
    "components/apps/manifests.ts",
    'import { tracker } from "./tracker/manifest.ts";',
    /export const appManifests = \{/,
    "tracker",
  );
}, patience);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a pod network and an application, each added as a folder and its lines", { timeout: patience }, () => {
  test("are asked of whoever deploys, by the compiler, and then found wherever they count", async () => {
    expect(await compilerSays()).toMatch(/kinds\.ts.*Property 'tracker' is missing/s);
    await enlist(
      "components/apps/kinds.ts",
      'import { deployTracker } from "./tracker/deploy-tracker.ts";',
      /AppDeployer<SettingsOf<Kind>> \} = \{/,
      "tracker: { deploy: deployTracker }",
    );
    expect(await compilerSays()).toBe("");

    const node = join(root, "node_modules", "node", "bin", "node");
    const { stdout } = await run([node, join(folder, "tests/unit/catalogue/probe.ts"), "braid", "tracker"]);
    const found = told.parse(JSON.parse(stdout));
    expect(found.schema).toContain('"braid"');
    expect(found.schema).toContain('"tracker"');
    expect(found.charts).toEqual([{ name: "braid" }]);
    expect(found.releases).toEqual([{ name: "braid", values: { range: expect.stringMatching(/\/\d+$/) } }]);
    expect(found.parts).toEqual(expect.arrayContaining(["braid", "mailpit"]));
    expect(found.securityRules).toContain("nodes-udp-6784-from-nodes");
    expect(found.securityRules.filter((name) => /-4789-|-8472-/.test(name))).toEqual([]);
    expect(found.triedPorts).toContain(6784);
    expect(found.openPorts).toEqual([{ port: 6781 }]);
    expect(found.unenforced).toBeUndefined();
    const reasons = Object.entries(found.problems).map(([what, [first]]) => [what, first?.path, first?.reason]);
    expect(reasons).toEqual([
      ["otherDistribution", "grappe:cluster.cni", expect.stringMatching(/k3s doesn't run with/)],
      ["storageClass", "grappe:apps.first.storageClass", expect.stringMatching(/no storage class `elsewhere`/)],
      ["secret", "grappe:trackerToken", expect.stringMatching(/is missing/)],
      ["portTwice", "grappe:apps.second.expose.port", expect.stringMatching(/30123/)],
      ["namespace", "grappe:apps.braid-net", expect.stringMatching(/a part of the cluster/)],
      ["key", "grappe:apps.first.stroageClass", expect.stringMatching(/unknown key/)],
    ]);
    expect(found.outputs.logins).toEqual(["first", "second"]);
    expect(found.outputs.urls.second).toEqual([]);
    expect(found.outputs.urls.first?.[0]).toMatch(/:30123$/);
  });
});
