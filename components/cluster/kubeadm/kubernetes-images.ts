import assert from "node:assert/strict";

/** Images that kubeadm runs, which depend on Kubernetes' minor. Source: cmd/kubeadm/app/constants of each release. */
const imagesOfMinor = {
  "1.36": { pause: "3.10.2", etcd: "3.6.8-0", coredns: "v1.14.2" },
} as const;

export interface ImageReference {
  readonly repository: string;
  readonly tag: string;
}

const image = (name: string, tag: string): ImageReference => ({ repository: `registry.k8s.io/${name}`, tag });

function parts(version: string) {
  const minor = version.replace(/^v/, "").split(".").slice(0, 2).join(".");
  assert(
    minor in imagesOfMinor,
    `the images of kubeadm ${version} aren't known; known minors: ${Object.keys(imagesOfMinor).join(", ")}`,
  );
  return imagesOfMinor[minor as keyof typeof imagesOfMinor];
}

/** Image of the pods' sandbox: containerd and the kubelet must mean the same one. */
export function sandboxImage(version: string): string {
  const { repository, tag } = image("pause", parts(version).pause);
  return `${repository}:${tag}`;
}

/** Images that a node needs before it joins; kube-proxy's only where it runs. */
export function kubernetesImages(
  version: string,
  role: "server" | "agent",
  kubeProxy = true,
): readonly ImageReference[] {
  const release = `v${version.replace(/^v/, "")}`;
  const { pause, etcd, coredns } = parts(version);
  const proxy = kubeProxy ? [image("kube-proxy", release)] : [];
  const everywhere = [image("pause", pause), ...proxy, image("coredns/coredns", coredns)];
  const controlPlane = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"].map((name) =>
    image(name, release),
  );
  return role === "agent" ? everywhere : [...everywhere, ...controlPlane, image("etcd", etcd)];
}

/** References of Kubernetes' images that a node of this role has no use for. */
export function unusedImages(version: string, role: "server" | "agent", kubeProxy = true): ReadonlySet<string> {
  const references = (images: readonly ImageReference[]) => images.map(({ repository, tag }) => `${repository}:${tag}`);
  const used = references(kubernetesImages(version, role, kubeProxy));
  return new Set(references(kubernetesImages(version, "server")).filter((reference) => !used.includes(reference)));
}
