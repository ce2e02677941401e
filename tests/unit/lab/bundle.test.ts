import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleImages } from "../../../components/cluster/bundle-images.ts";
import { planInstalls } from "../../../components/host/artifacts/install-plan.ts";
import {
  type Bundle,
  type BundleArtifact,
  fileSha256,
  missingFrom,
  parseManifest,
  readBundle,
  requireArtifacts,
  verifyBundle,
} from "../../../components/host/bundle.ts";
import { type ArtifactIdentity, artifactPath, BundleFolder, withArtifact } from "../../../lab/bundle/folder.ts";

const kubelet: BundleArtifact = {
  name: "kubelet",
  kind: "binary",
  version: "v1.36.3",
  architecture: "amd64",
  file: "binaries/amd64/kubelet-v1.36.3.zst",
  sha256: "0".repeat(64),
  unpackedSha256: "1".repeat(64),
  size: 1,
  origin: "source",
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "grappe-bundle-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a manifest's mistakes are all told, each with its path", () => {
  const artifacts = [
    { ...kubelet, sha256: "12" },
    { ...kubelet, file: "../kubelet" },
    { ...kubelet, colour: "red" },
  ];
  const parse = () => parseManifest("/bundle", JSON.stringify({ schemaVersion: 1, artifacts }));
  expect(parse).toThrow(/artifacts\.0\.sha256[\s\S]*artifacts\.1\.file[\s\S]*artifacts\.2[\s\S]*\.\/grappe bundle/);
  expect(() => parseManifest("/bundle", "{")).toThrow(/no JSON/);
  expect(parseManifest("/bundle", JSON.stringify({ schemaVersion: 1, artifacts: [kubelet] })).artifacts).toEqual([
    kubelet,
  ]);
});

test.each(["/etc/passwd", "a/../b", "./a", "a//b", "a b", ""])("%j is no path inside a bundle", (file) => {
  const text = JSON.stringify({ schemaVersion: 1, artifacts: [{ ...kubelet, file }] });
  expect(() => parseManifest("/bundle", text)).toThrow(/not a path inside the bundle/);
});

test("what is wanted and missing is one list, with what is there instead", () => {
  const chart: BundleArtifact = { ...kubelet, name: "metallb", kind: "chart", version: "0.16.1", architecture: "any" };
  const bundle: Bundle = { directory: "/bundle", artifacts: [kubelet, chart] };
  const wanted = [
    { name: "kubelet", kind: "binary", version: "v1.36.3", architecture: "amd64" },
    { name: "kubelet", kind: "binary", version: "v1.36.3", architecture: "arm64" },
    { name: "metallb", kind: "chart", version: "0.16.1", architecture: "arm64" },
    { name: "registry.k8s.io/pause", kind: "image", version: "3.10.2", architecture: "amd64" },
    { name: "registry.k8s.io/pause", kind: "image", version: "3.10.2", architecture: "amd64" },
  ] as const;
  expect(missingFrom(bundle, wanted)).toEqual([
    "binary kubelet v1.36.3 for arm64, the bundle has v1.36.3 for amd64",
    "image registry.k8s.io/pause 3.10.2 for amd64",
  ]);
  expect(() => requireArtifacts(bundle, wanted)).toThrow(/kubelet[\s\S]*pause[\s\S]*\.\/grappe bundle/);
  expect(() => requireArtifacts(bundle, wanted.slice(0, 1))).not.toThrow();
});

test("files are named by what they are, with the ending of the published file", () => {
  const path = (change: Partial<BundleArtifact>, published: string) =>
    artifactPath({ ...kubelet, ...change }, published);
  expect(path({}, "kubelet")).toBe("binaries/amd64/kubelet-v1.36.3.zst");
  expect(path({ name: "traefik", kind: "chart", version: "41.3.0", architecture: "any" }, "traefik-41.3.0.tgz")).toBe(
    "charts/traefik-41.3.0.tgz",
  );
  expect(path({ name: "registry.k8s.io/etcd", kind: "image", version: "3.6.8-0" }, "image.tar")).toBe(
    "images/amd64/registry.k8s.io_etcd-3.6.8-0.tar",
  );
  expect(
    path({ name: "k3s-airgap-images", kind: "archive", version: "v1.36.5+k3s1" }, "k3s-airgap-images.tar.zst"),
  ).toBe("archives/amd64/k3s-airgap-images-v1.36.5+k3s1.tar.zst");
});

test("an artifact takes the place of the same one, beside those of other architectures", () => {
  const manifest = { schemaVersion: 1 as const, artifacts: [kubelet] };
  const arm: BundleArtifact = { ...kubelet, architecture: "arm64" };
  const rebuilt: BundleArtifact = { ...kubelet, size: 2 };
  expect(withArtifact(withArtifact(manifest, arm), rebuilt).artifacts).toEqual([rebuilt, arm]);
});

test("a filled folder is read back and verified; the same file again changes nothing; damage is told", async () => {
  const source = join(folder, "kubelet");
  await writeFile(source, "program");
  const { file: _file, sha256: _sha256, unpackedSha256: _unpacked, size: _size, ...identity } = kubelet;
  const directory = join(folder, "bundle");
  const filling = await BundleFolder.open(directory);
  expect(await filling.add(identity, source, "kubelet")).toBe("added");
  expect(await (await BundleFolder.open(directory)).add(identity, source, "kubelet")).toBe("unchanged");

  const bundle = await readBundle(directory);
  expect(bundle.artifacts).toHaveLength(1);
  await verifyBundle(bundle);
  const packed = join(directory, "binaries/amd64/kubelet-v1.36.3.zst");
  expect(zstdDecompressSync(await readFile(packed)).toString()).toBe("program");
  expect(bundle.artifacts[0]?.unpackedSha256).toBe(await fileSha256(source));
  const { size } = await stat(packed);
  await writeFile(packed, "x".repeat(size));
  await expect(verifyBundle(bundle)).rejects.toThrow(/another SHA-256/);
  await rm(packed);
  await expect(verifyBundle(bundle)).rejects.toThrow(/not in the folder/);
  expect(await filling.add(identity, source, "kubelet")).toBe("added");
  await verifyBundle(bundle);
});

test("images of one archive are one file, which is written once", async () => {
  const source = join(folder, "image.tar");
  await writeFile(source, "layers");
  const directory = join(folder, "bundle");
  const filling = await BundleFolder.open(directory);
  const image = (name: string): ArtifactIdentity => ({
    name: `grappe.local/${name}`,
    kind: "image",
    version: "1.0.0",
    architecture: "amd64",
    origin: "source",
  });
  for (const outcome of ["added", "unchanged"]) {
    for (const name of ["calculator", "edge"]) {
      expect(await filling.add(image(name), source, "image.tar", image("calculator"))).toBe(outcome);
    }
  }
  const bundle = await readBundle(directory);
  expect(bundle.artifacts.map(({ name, file }) => `${name} ${file}`)).toEqual([
    "grappe.local/calculator images/amd64/grappe.local_calculator-1.0.0.tar",
    "grappe.local/edge images/amd64/grappe.local_calculator-1.0.0.tar",
  ]);
  const onHost = bundleImages({ mirrors: {}, lock: {}, bundle }, { architecture: "amd64" }, "/images");
  const requests = onHost.map(({ request }) => request);
  expect(onHost.map(({ reference, file }) => `${reference} ${file}`)).toEqual([
    "grappe.local/calculator:1.0.0 /images/grappe.local_calculator_1.0.0.tar",
    "grappe.local/edge:1.0.0 /images/grappe.local_calculator_1.0.0.tar",
  ]);
  expect(planInstalls({ mirrors: {}, lock: {}, bundle }, requests, "amd64")).toHaveLength(1);
});

test("where there is no bundle, the setting is named", async () => {
  await expect(readBundle(join(folder, "nowhere"))).rejects.toThrow(/grappe:artifacts\.bundle/);
});
