import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { bundledServices, serviceFolder } from "../../components/apps/service-image.ts";
import { fileSha256 } from "../../components/host/bundle.ts";
import { cacheDirectory, exists } from "../../runtime/cache.ts";
import type { Progress } from "../../runtime/progress.ts";
import { buildOnce } from "../../runtime/toolchain/build-once.ts";
import { type Architecture, ownArchitecture } from "../../runtime/toolchain/go-module.ts";
import type { FillRequest } from "./fill.ts";
import type { ImageConfig } from "./image-archive.ts";
import type { ImageReference } from "./kubeadm-images.ts";
import { filesLayer, packagesLayer } from "./layers.ts";
import { addPackedImages } from "./packed-image.ts";

/** One of our own applications: Node.js programs in TypeScript, without dependencies, on the repository's own Node.js. */
export interface Application {
  readonly image: ImageReference;
  /** Folder of the repository that becomes `/app` in the image. */
  readonly folder: string;
}

const repository = join(import.meta.dirname, "..", "..");

/** The applications that are written in this repository. */
export const applications: readonly Application[] = bundledServices.map(({ kind, image }) => ({
  image,
  folder: serviceFolder(kind),
}));

/** Workloads say which program of `/app` runs; without that, Node.js itself does. */
const config: ImageConfig = {
  entrypoint: ["/usr/local/bin/node"],
  environment: { NODE_ENV: "production" },
  workingDirectory: "/app",
  user: "65534:65534",
};

/**
 * Packs the images of our own applications into the bundle: one archive, as they share Node.js, the most of them. They are
 * built here, wherever the rest comes from.
 */
export async function addApplications(request: FillRequest): Promise<void> {
  const base = await nodeLayers(request.architecture, request.progress);
  const images = applications.map(({ image, folder }) => ({
    image,
    content: { files: { app: folder }, base, config },
  }));
  await addPackedImages(request, images);
}

/** The layers under a Node.js application: the C++ library from Debian, and the Node.js that `npm ci` brought. */
async function nodeLayers(architecture: Architecture, progress: Progress): Promise<readonly string[]> {
  if (architecture !== ownArchitecture()) {
    throw new RunError(
      `Images of the applications hold this computer's Node.js: make a bundle for ${architecture} on such a computer.`,
    );
  }
  const libraries = await packagesLayer({ packages: ["ca-certificates", "libstdc++6"] }, architecture, progress);
  const program = join(repository, "node_modules", "node", "bin", "node");
  if (!(await exists(program))) throw new RunError("node_modules holds no Node.js: run `npm ci` first.");
  const path = join(await cacheDirectory("layers"), `node-${(await fileSha256(program)).slice(0, 16)}.tar`);
  const build = (layer: string): Promise<void> => filesLayer({ "usr/local/bin/node": program }, layer);
  return [libraries, await buildOnce({ path, label: "a layer with Node.js", build }, progress)];
}
