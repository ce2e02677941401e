import { expect, test } from "vitest";
import { imageName } from "../../../lab/bundle/add-files.ts";
import { chartPublication } from "../../../lab/bundle/from-releases.ts";
import { assertSameVersion } from "../../../lab/bundle/from-source.ts";
import { imageConfig, imageIndex } from "../../../lab/bundle/image-archive.ts";
import { parseImageList, parseReference } from "../../../lab/bundle/kubeadm-images.ts";

test("image references have registry and tag", () => {
  expect(parseReference("registry.k8s.io/coredns/coredns:v1.14.2")).toEqual({
    repository: "registry.k8s.io/coredns/coredns",
    tag: "v1.14.2",
  });
  expect(parseReference("localhost:5000/a:1").repository).toBe("localhost:5000/a");
  expect(parseReference("docker.io/traefik:v3.7.11").repository).toBe("docker.io/library/traefik");
  expect(parseReference("docker.io/axllent/mailpit:v1").repository).toBe("docker.io/axllent/mailpit");
  for (const reference of ["pause", "pause:3", "registry.k8s.io/pause", "localhost:5000/a"]) {
    expect(() => parseReference(reference)).toThrow(/registry and tag/);
  }
  expect(parseImageList("registry.k8s.io/pause:3.10.2\n\nregistry.k8s.io/etcd:3.6.8-0\n")).toHaveLength(2);
});

test("no image is named after a version that its program is not", () => {
  expect(() => assertSameVersion({ repository: "registry.k8s.io/etcd", tag: "3.6.8-0" }, "v3.6.8")).not.toThrow();
  expect(() => assertSameVersion({ repository: "registry.k8s.io/etcd", tag: "3.6.9-0" }, "v3.6.8")).toThrow(/go\.mod/);
});

test("an image's archive names it for ctr, and says how it starts", () => {
  const spec = {
    reference: "registry.k8s.io/pause:3.10.2",
    architecture: "arm64" as const,
    layers: [],
    config: { entrypoint: ["/pause"], user: "65535:65535" },
  };
  const manifest = { digest: "sha256:00", size: 3 };
  expect(imageName("index.json", imageIndex([{ spec, manifest }]))).toBe("registry.k8s.io/pause:3.10.2");
  const both = imageIndex([
    { spec, manifest },
    { spec: { ...spec, reference: "registry.k8s.io/etcd:3.6.8-0" }, manifest },
  ]);
  expect(() => imageName("index.json", both)).toThrow(/pause:3\.10\.2, registry\.k8s\.io\/etcd:3\.6\.8-0/);
  expect(JSON.parse(imageConfig(spec, ["sha256:11"]))).toMatchObject({
    architecture: "arm64",
    config: { Entrypoint: ["/pause"], User: "65535:65535" },
    rootfs: { type: "layers", diff_ids: ["sha256:11"] },
  });
});

test("an added archive holds one named image", () => {
  expect(imageName("manifest.json", '[{"RepoTags":["a.test/b:1"]}]')).toBe("a.test/b:1");
  expect(() => imageName("manifest.json", '[{"RepoTags":null}]')).toThrow(/0 image names/);
  expect(() => imageName("manifest.json", '[{"RepoTags":["a.test/b:1","a.test/b:2"]}]')).toThrow(/2 image names/);
});

test("a chart's address, relative or absolute, and its digest stand in the repository's index", () => {
  const chart = { name: "metallb", version: "0.16.1", repository: "https://charts.test/metallb" };
  const index = (urls: string) =>
    `entries: {metallb: [{version: v0.16.1, digest: "sha256:abc", urls: [${urls}]}, {version: 0.1.0, urls: [x.tgz]}]}`;
  expect(chartPublication(index("metallb-0.16.1.tgz"), chart)).toEqual({
    url: "https://charts.test/metallb/metallb-0.16.1.tgz",
    sha256: "abc",
  });
  expect(chartPublication(index("https://elsewhere.test/m.tgz"), chart).url).toBe("https://elsewhere.test/m.tgz");
  expect(() => chartPublication(index("a"), { ...chart, version: "9.9.9" })).toThrow(/offers no chart/);
  expect(() => chartPublication(index("a"), { ...chart, version: "0.1.0" })).toThrow(/no digest/);
});
