import type { Architecture } from "../../settings/schema/primitives.ts";

/** A file that a publisher offers, and where its SHA-256 stands. */
export interface Publication {
  readonly url: string;
  /** Holds the SHA-256 alone, or a list of them with names. */
  readonly checksumUrl: string;
  /** The file's name in a list of checksums. */
  readonly checksumName: string;
}

/** A small file that a part of ours takes from its publisher as one exact thing: its hash is as much a part of us as its address. */
export interface PinnedFile {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
}

interface CatalogueEntry {
  /** A program, or several files packed together. */
  readonly kind: "binary" | "archive";
  /** Sources of facts: the publishers' release pages. */
  readonly publication: (version: string, architecture: Architecture) => Publication;
}

function kubernetesBinary(name: string): CatalogueEntry {
  return {
    kind: "binary",
    publication: (version, architecture) => {
      const url = `https://dl.k8s.io/release/${version}/bin/linux/${architecture}/${name}`;
      return { url, checksumUrl: `${url}.sha256`, checksumName: name };
    },
  };
}

function k3sFile(kind: CatalogueEntry["kind"], fileName: (architecture: Architecture) => string): CatalogueEntry {
  return {
    kind,
    publication: (version, architecture) => {
      const release = `https://github.com/k3s-io/k3s/releases/download/${encodeURIComponent(version)}`;
      const file = fileName(architecture);
      return { url: `${release}/${file}`, checksumUrl: `${release}/sha256sum-${architecture}.txt`, checksumName: file };
    },
  };
}

function githubArchive(
  repository: string,
  fileName: (version: string, architecture: Architecture) => string,
): CatalogueEntry {
  return {
    kind: "archive",
    publication: (version, architecture) => {
      const file = fileName(version, architecture);
      const url = `https://github.com/${repository}/releases/download/${version}/${file}`;
      return { url, checksumUrl: `${url}.sha256`, checksumName: file };
    },
  };
}

/** Everything that hosts download from a publisher, by name. Versions are as the publisher writes them, such as `v1.36.3`. */
export const catalogue = {
  k3s: k3sFile("binary", (architecture) => (architecture === "amd64" ? "k3s" : `k3s-${architecture}`)),
  "k3s-airgap-images": k3sFile("archive", (architecture) => `k3s-airgap-images-${architecture}.tar.zst`),
  kubeadm: kubernetesBinary("kubeadm"),
  kubelet: kubernetesBinary("kubelet"),
  kubectl: kubernetesBinary("kubectl"),
  "cni-plugins": githubArchive(
    "containernetworking/plugins",
    (version, architecture) => `cni-plugins-linux-${architecture}-${version}.tgz`,
  ),
  crictl: githubArchive(
    "kubernetes-sigs/cri-tools",
    (version, architecture) => `crictl-${version}-linux-${architecture}.tar.gz`,
  ),
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type ArtifactName = keyof typeof catalogue;

/** Replaces a URL's origin by the mirror that the settings name for it; the path stays. */
export function mirrored(url: string, mirrors: Readonly<Record<string, string>>): string {
  for (const [origin, mirror] of Object.entries(mirrors)) {
    const from = origin.replace(/\/+$/, "");
    if (url === from || url.startsWith(`${from}/`)) return mirror.replace(/\/+$/, "") + url.slice(from.length);
  }
  return url;
}
