import { describe, expect, test } from "vitest";
import { unpackers } from "../../../components/host/artifacts/artifact-source.ts";
import { catalogue, mirrored } from "../../../components/host/artifacts/catalogue.ts";
import {
  type ArtifactRequest,
  incomingFile,
  installLine,
  planInstalls,
} from "../../../components/host/artifacts/install-plan.ts";
import { BundleError } from "../../../components/host/bundle.ts";

const sha256 = "a".repeat(64);
const kubeadm: ArtifactRequest = {
  name: "kubeadm",
  version: "v1.36.3",
  destination: { file: "/usr/local/bin/kubeadm" },
};
const plugins: ArtifactRequest = { name: "cni-plugins", version: "v1.9.1", destination: { directory: "/opt/cni/bin" } };
const empty = { mirrors: {}, lock: {} };

describe("the catalogue", () => {
  test.each([
    ["k3s", "v1.36.5+k3s1", "amd64", "https://github.com/k3s-io/k3s/releases/download/v1.36.5%2Bk3s1/k3s", "k3s"],
    [
      "k3s",
      "v1.36.5+k3s1",
      "arm64",
      "https://github.com/k3s-io/k3s/releases/download/v1.36.5%2Bk3s1/k3s-arm64",
      "k3s-arm64",
    ],
    ["kubelet", "v1.36.3", "arm64", "https://dl.k8s.io/release/v1.36.3/bin/linux/arm64/kubelet", "kubelet"],
  ] as const)("knows where %s %s for %s is published", (name, version, architecture, url, checksumName) => {
    expect(catalogue[name].publication(version, architecture)).toMatchObject({ url, checksumName });
  });

  test("k3s has one list of checksums for each architecture", () => {
    expect(catalogue.k3s.publication("v1.36.5+k3s1", "arm64").checksumUrl).toMatch(/\/sha256sum-arm64\.txt$/);
  });

  test.each([
    ["https://dl.k8s.io/release/x", "https://mirror.example/k8s/release/x"],
    ["https://dl.k8s.io.evil.example/x", "https://dl.k8s.io.evil.example/x"],
    ["https://github.com/a/b", "https://github.com/a/b"],
  ])("a mirror stands for its own origin only: %s", (url, expected) => {
    expect(mirrored(url, { "https://dl.k8s.io/": "https://mirror.example/k8s" })).toBe(expected);
  });
});

const pinned = {
  pinned: { name: "module", version: "1.0", url: "https://a.example/m.whl", sha256 },
  destination: { file: "/m", mode: "0644" },
};

describe("planning downloads", () => {
  test("uses mirror and lock", () => {
    const source = {
      mirrors: { "https://dl.k8s.io": "http://10.0.0.1:80" },
      lock: { "kubeadm@v1.36.3/arm64": sha256 },
    };
    const [install] = planInstalls(source, [kubeadm], "arm64");
    expect(install).toMatchObject({
      sha256,
      download: {
        url: "http://10.0.0.1:80/release/v1.36.3/bin/linux/arm64/kubeadm",
        checksum: { url: "http://10.0.0.1:80/release/v1.36.3/bin/linux/arm64/kubeadm.sha256", name: "kubeadm" },
      },
    });
  });

  test("what is pinned comes from its publisher or a mirror, and needs no word of theirs", () => {
    const [install] = planInstalls(
      { mirrors: { "https://a.example": "http://10.0.0.1" }, lock: {} },
      [pinned],
      "arm64",
    );
    expect(install && installLine(install)).toBe(`module_1.0 file /m 0644 ${sha256} http://10.0.0.1/m.whl - - -`);
  });

  test("another architecture's lock is not used", () => {
    const [install] = planInstalls({ mirrors: {}, lock: { "kubeadm@v1.36.3/amd64": sha256 } }, [kubeadm], "arm64");
    expect(install?.sha256).toBeUndefined();
  });

  test("images come from a bundle only", () => {
    const image = { image: "registry.k8s.io/pause", version: "3.10", destination: { file: "/x" } };
    expect(() => planInstalls(empty, [image], "amd64")).toThrow("from a bundle only");
  });

  test("a line has nine fields; a blank in one is refused", () => {
    const lines = planInstalls(empty, [kubeadm, plugins], "amd64").map(installLine);
    expect(lines.map((line) => line.split(" ").length)).toEqual([9, 9]);
    expect(lines[0]).toMatch(/^kubeadm_v1\.36\.3 file \/usr\/local\/bin\/kubeadm 0755 - https:/);
    const [blank] = planInstalls(empty, [{ ...kubeadm, destination: { file: "/a b" } }], "amd64");
    expect(() => blank && installLine(blank)).toThrow('can\'t hold a blank: "/a b"');
  });
});

describe("planning from a bundle", () => {
  const entry = {
    name: "kubeadm",
    kind: "binary",
    version: "v1.36.3",
    architecture: "amd64",
    file: "bin/kubeadm",
  } as const;
  const bundle = { directory: "/bundle", artifacts: [{ ...entry, sha256, size: 1, origin: "source" as const }] };

  test("takes the manifest's hash and no URL", () => {
    const [install] = planInstalls({ ...empty, bundle }, [kubeadm], "amd64");
    expect(install?.download).toBeUndefined();
    expect(install && installLine(install)).toBe(
      `kubeadm_v1.36.3 file /usr/local/bin/kubeadm 0755 ${sha256} - - - /var/lib/grappe/incoming/aaaaaaaaaaaa-kubeadm`,
    );
  });

  test("what is pinned must be that very file in a bundle, too", () => {
    const file = {
      name: "module",
      kind: "archive",
      version: "1.0",
      architecture: "any",
      file: "archives/m.whl",
    } as const;
    const holding = (hash: string) => ({
      ...empty,
      bundle: { ...bundle, artifacts: [{ ...file, sha256: hash, size: 1, origin: "release" as const }] },
    });
    expect(planInstalls(holding(sha256), [pinned], "arm64")).toHaveLength(1);
    expect(() => planInstalls(holding("b".repeat(64)), [pinned], "arm64")).toThrow(/has the SHA-256 b+, not a+/);
  });

  test("a compressed program is verified as what it is unpacked to", () => {
    const [artifact] = bundle.artifacts;
    if (artifact === undefined) throw new Error("no artifact");
    const packed = { ...artifact, file: "bin/kubeadm.zst", unpackedSha256: "b".repeat(64) };
    const source = { ...empty, bundle: { ...bundle, artifacts: [packed] } };
    expect(planInstalls(source, [kubeadm], "amd64").map(installLine)).toEqual([
      `kubeadm_v1.36.3 file /usr/local/bin/kubeadm 0755 ${"b".repeat(64)} - - - /var/lib/grappe/incoming/aaaaaaaaaaaa-kubeadm.zst`,
    ]);
    expect(unpackers(source)).toEqual(["zstd"]);
    expect(unpackers({ ...empty, bundle })).toEqual([]);
  });

  test("a published archive stays as it is", () => {
    const archive = { file: "archives/k3s-airgap-images.tar.zst", sha256 };
    const [artifact] = bundle.artifacts;
    if (artifact === undefined) throw new Error("no artifact");
    expect(incomingFile({ ...artifact, ...archive })).not.toMatch(/\.zst$/);
  });

  test("other content is another incoming file", () => {
    const [first] = bundle.artifacts;
    if (first === undefined) throw new Error("no artifact");
    expect(incomingFile(first)).not.toBe(incomingFile({ ...first, sha256: "b".repeat(64) }));
  });

  test("everything that it lacks is said at once", () => {
    const plan = () => planInstalls({ ...empty, bundle }, [kubeadm, plugins], "arm64");
    expect(plan).toThrow(BundleError);
    expect(plan).toThrow(/archive cni-plugins v1\.9\.1 for arm64[\s\S]*binary kubeadm v1\.36\.3 for arm64/);
  });
});
