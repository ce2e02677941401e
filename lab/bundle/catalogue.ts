/** Part of a kubeadm cluster that runs from an image, by the name that kubeadm gives the image. */
export interface ImageReference {
  /** Such as `registry.k8s.io/etcd`. */
  readonly repository: string;
  readonly tag: string;
}

/** Splits (pure) an image reference with a tag. */
export function parseReference(reference: string): ImageReference {
  const [, repository, tag] = reference.match(/^([^\s@]+\/[^\s@:]+):([\w][\w.-]*)$/) ?? [];
  if (repository === undefined || tag === undefined) {
    throw new Error(`${reference} is no image with registry and tag, such as registry.k8s.io/pause:3.10.2`);
  }
  return { repository, tag };
}

/** Reads (pure) what `kubeadm config images list` prints. */
export function parseImageList(output: string): ImageReference[] {
  return output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(parseReference);
}

/** The programs that a kubeadm host runs outside of containers. */
export const kubeadmBinaries = ["kubeadm", "kubelet", "kubectl"] as const;

/** CNI plugins that the CNI `routed` takes, of the many that their publisher's archive holds. */
export const cniPlugins = ["bridge", "host-local", "loopback", "portmap"] as const;

/** Name and version under which the CNI plugins stand in a bundle. */
export const cniArchive = "cni-plugins";
