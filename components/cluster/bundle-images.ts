import type { ArtifactSource } from "../host/artifacts/artifact-source.ts";
import type { ArtifactRequest } from "../host/artifacts/install-plan.ts";
import type { Host } from "../host/host.ts";

/** An image archive of the bundle on its way into a host's container runtime. */
export interface BundleImage {
  readonly request: ArtifactRequest;
  /** Where the archive lies on the host. */
  readonly file: string;
  readonly sha256: string;
  readonly reference: string;
  /** Bytes of the archive. */
  readonly size: number;
}

/** All images of the bundle that a host of this architecture can run; none without a bundle, as registries have them then. */
export function bundleImages(
  source: ArtifactSource,
  host: Pick<Host, "architecture">,
  directory: string,
): readonly BundleImage[] {
  const artifacts = source.bundle?.artifacts ?? [];
  const images = artifacts.filter(
    ({ kind, architecture }) => kind === "image" && (architecture === host.architecture || architecture === "any"),
  );
  return images.map((artifact) => {
    const { name, version, sha256, size } = artifact;
    // Images that share layers lie in one archive, named after the first of them.
    const first = images.find(({ file }) => file === artifact.file) ?? artifact;
    const file = `${directory}/${first.name.replaceAll("/", "_")}_${first.version}.tar`;
    const request = { image: name, version, destination: { file, mode: "0644" } };
    return { request, file, sha256, size, reference: `${name}:${version}` };
  });
}
