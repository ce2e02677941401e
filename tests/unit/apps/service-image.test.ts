import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { bundledServices, nodeImage, serviceImage, serviceSources } from "../../../components/apps/service-image.ts";
import type { Bundle } from "../../../components/host/bundle.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { registeredGraph } from "../platform/registered-graph.ts";
import { type Config, change, stackConfig, stackFileConfig } from "../settings/stack-files.ts";

function bundleFor(...architectures: readonly ("amd64" | "arm64")[]): Bundle {
  const artifacts = architectures.flatMap((architecture) =>
    bundledServices.map(({ image: { repository, tag } }) => ({
      name: repository,
      kind: "image" as const,
      version: tag,
      architecture,
      file: `${architecture}.tar`,
      sha256: "0".repeat(64),
      size: 1,
      origin: "source" as const,
    })),
  );
  return { directory: "/bundle", artifacts };
}

test("an image that the settings name is taken as it is, whatever the bundle has", () => {
  const image = "registry.shop.example.org/calculator:2.1.0";
  const nodes = { bundle: bundleFor("amd64"), architectures: ["amd64" as const] };
  expect(serviceImage("calculator", image, nodes)).toEqual({ image, mountsSources: false });
});

test("a bundle's image is taken where the bundle has it for every node, else Node.js' own with the sources", () => {
  const mixed = ["amd64", "arm64"] as const;
  expect(serviceImage("edge", undefined, { bundle: bundleFor(...mixed), architectures: mixed })).toEqual({
    image: "grappe.local/edge:1.0.0",
    mountsSources: false,
  });
  const fromRegistry = { image: nodeImage, mountsSources: true };
  expect(serviceImage("edge", undefined, { bundle: bundleFor("amd64"), architectures: mixed })).toEqual(fromRegistry);
  expect(serviceImage("edge", undefined, { architectures: mixed })).toEqual(fromRegistry);
});

test("the image is the Node.js that everything here was tested with", async () => {
  const project = JSON.parse(await readFile(new URL("../../../package.json", import.meta.url), "utf8"));
  const version: string = { ...project.devDependencies, ...project.dependencies }.node;
  expect(nodeImage).toBe(`docker.io/library/node:${version}-bookworm-slim`);
});

/** A ConfigMap as the kubelet mounts it: each file a link into a folder that itself is a link. */
async function mount(data: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "configmap-"));
  await mkdir(join(folder, "..2026_11_26"));
  await symlink("..2026_11_26", join(folder, "..data"));
  for (const [name, text] of Object.entries(data)) {
    await writeFile(join(folder, "..data", name), text);
    await symlink(join("..data", name), join(folder, name));
  }
  return folder;
}

test.each([
  ["calculator", ["sum"], {}, "/sum?a=2&b=3", { result: 5 }],
  ["edge", [], { POD_NAME: "edge-1", NODE_NAME: "agent-1", PLACEMENT: "{}" }, "/", { node: "agent-1" }],
] as const)("%s runs from its mounted sources", async (service, parameters, env, path, answer) => {
  const folder = await mount(serviceSources(service));
  const child = spawn(process.execPath, [join(folder, "main.ts"), ...parameters], { env: { PORT: "0", ...env } });
  try {
    let complaints = "";
    child.stderr.on("data", (data: Buffer) => {
      complaints += data.toString();
    });
    const [line] = await once(createInterface({ input: child.stdout }), "line");
    const response = await fetch(`http://127.0.0.1:${JSON.parse(String(line)).port}${path}`);
    expect(await response.json()).toMatchObject(answer);
    expect(complaints).toBe("");
  } finally {
    child.kill("SIGKILL");
    await rm(folder, { recursive: true });
  }
});

interface PodTemplate {
  readonly spec: {
    readonly containers: readonly { readonly image: string; readonly volumeMounts?: readonly object[] }[];
    readonly volumes?: readonly object[];
  };
}

/** Pod templates of the applications, by the name of their Deployment. */
async function applicationPods(config: Config): Promise<Readonly<Record<string, PodTemplate>>> {
  const { resources } = await registeredGraph(parseSettings(stackConfig(config)));
  const deployments = resources.filter(({ name }) => /^(calculator|edge)-.*-deployment$/.test(name));
  return Object.fromEntries(
    deployments.map(({ name, inputs }) => [name, (inputs.spec as { readonly template: PodTemplate }).template]),
  );
}

const shopWithServices = () => change(stackFileConfig("pi"), { "apps.calculator": {}, "apps.edge": {} });

test("without a bundle every pod has its program mounted, read-only, by a name that follows from its content", async () => {
  const pods = Object.entries(await applicationPods(shopWithServices()));
  expect(pods).toHaveLength(6);
  for (const [name, { spec }] of pods) {
    expect(spec.containers[0]).toMatchObject({
      image: nodeImage,
      volumeMounts: [{ name: "sources", mountPath: "/app", readOnly: true }],
    });
    const sources = expect.stringMatching(new RegExp(`^${name.split("-")[0]}-sources-[0-9a-f]{10}$`));
    expect(spec.volumes).toEqual([{ name: "sources", configMap: { name: sources } }]);
  }
});

test("with an image of one's own nothing is mounted", async () => {
  const image = "registry.shop.example.org/edge@sha256:".padEnd(102, "0");
  const pods = await applicationPods(change(stackFileConfig("pi"), { "apps.edge": { image } }));
  expect(Object.keys(pods)).toEqual(["edge-app-deployment"]);
  expect(pods["edge-app-deployment"]?.spec).not.toHaveProperty("volumes");
  expect(pods["edge-app-deployment"]?.spec.containers[0]).toMatchObject({ image });
});

/** Every text under a key `image` or in a reference of a registry, however deep. */
function imagesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "image" && typeof inner === "string" ? [inner] : imagesIn(inner),
  );
}

test.each(["pi", "dev"])("%s runs no image that only a bundle has", async (stack) => {
  const services = change(stackFileConfig(stack), { "apps.calculator": {}, "apps.edge": {} });
  const { resources } = await registeredGraph(parseSettings(stackConfig(services)));
  const images = [...new Set(resources.flatMap(({ inputs }) => imagesIn(inputs)))];
  expect(images.length).toBeGreaterThan(2);
  for (const image of images) {
    const [registry = ""] = image.split("/");
    expect({ image, registry }).toEqual({
      image,
      registry: expect.stringMatching(/^(?!.*\.(local|test|invalid)$).+\.[a-z]+$/),
    });
    expect(image).toMatch(/:[\w.-]*\d[\w.-]*$|@sha256:/);
  }
});
