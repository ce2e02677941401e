import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Bundle, findArtifact } from "../host/bundle.ts";
import type { Architecture } from "../settings/schema/primitives.ts";
import { type AppKind, appKinds, manifestOf } from "./manifests.ts";

/** An application that is written in this repository, by its kind: TypeScript without dependencies that Node.js runs as it is. */
export type ServiceName = AppKind;

/** Those applications, and their images, which a bundle holds (`./grappe bundle`) and no registry. */
export const bundledServices = appKinds.flatMap((kind) => {
  const image = manifestOf({ kind }).ownImage;
  return image === undefined ? [] : [{ kind, image }];
});

/** Node.js as its publisher has it for both architectures, in the version that runs everything here (package.json). */
export const nodeImage = "docker.io/library/node:24.21.0-bookworm-slim";

/** Folder of an application's program in this repository; in a pod it is `/app`. */
export function serviceFolder(name: ServiceName): string {
  return fileURLToPath(new URL(`./${name}/service/`, import.meta.url));
}

/** What a service's pods need of its folder, by file name: the sources and the package's description. */
export function serviceSources(name: ServiceName): Readonly<Record<string, string>> {
  const folder = serviceFolder(name);
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") || file === "package.json");
  return Object.fromEntries(files.toSorted().map((file) => [file, readFileSync(`${folder}${file}`, "utf8")]));
}

/**
 * The image that an application runs from (pure): the one that the settings name; else the bundle's own, where it has that for all
 * nodes; else Node.js' own, beside which the program's sources are mounted.
 */
export function serviceImage(
  name: ServiceName,
  named: string | undefined,
  { bundle, architectures }: { readonly bundle?: Bundle; readonly architectures: readonly Architecture[] },
): { readonly image: string; readonly mountsSources: boolean } {
  if (named !== undefined) return { image: named, mountsSources: false };
  const own = manifestOf({ kind: name }).ownImage;
  assert(own !== undefined, `${name} is no program of this repository`);
  const { repository, tag } = own;
  const isBundled =
    bundle !== undefined &&
    architectures.every((architecture) =>
      findArtifact(bundle, { name: repository, kind: "image", version: tag, architecture }),
    );
  return isBundled
    ? { image: `${repository}:${tag}`, mountsSources: false }
    : { image: nodeImage, mountsSources: true };
}
