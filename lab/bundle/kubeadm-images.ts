import { RunError } from "@pulumi/pulumi/errors.js";
import { run } from "../../runtime/subprocess.ts";

/** An image by registry, repository and tag. */
export interface ImageReference {
  /** Such as `registry.k8s.io/etcd`. */
  readonly repository: string;
  readonly tag: string;
}

/**
 * Splits (pure) an image reference that has registry and tag. Docker Hub's own images get their whole name, `docker.io/library/…`,
 * as container runtimes look for them by that.
 */
export function parseReference(reference: string): ImageReference {
  const [, repository, tag] = reference.match(/^([^\s@/]+\/[^\s@]+):([\w][\w.-]*)$/) ?? [];
  if (repository === undefined || tag === undefined) {
    throw new RunError(`${reference} is no image with registry and tag, such as registry.k8s.io/pause:3.10.2`);
  }
  return { repository: repository.replace(/^docker\.io\/(?=[^/]+$)/, "docker.io/library/"), tag };
}

/** Reads (pure) what `kubeadm config images list` prints. */
export function parseImageList(output: string): ImageReference[] {
  const lines = output.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "").map(parseReference);
}

/** The images that a kubeadm program itself asks for, of a Kubernetes version such as `v1.36.3`. */
export async function listKubeadmImages(kubeadm: string, version: string): Promise<ImageReference[]> {
  const { stdout } = await run([kubeadm, "config", "images", "list", `--kubernetes-version=${version}`]);
  return parseImageList(stdout);
}
