import assert from "node:assert/strict";
import type { Architecture } from "../../settings/schema/primitives.ts";
import {
  type Bundle,
  type BundleArtifact,
  BundleError,
  findArtifact,
  requireArtifacts,
  type WantedArtifact,
} from "../bundle.ts";
import type { ArtifactSource } from "./artifact-source.ts";
import { type ArtifactName, catalogue, mirrored, type PinnedFile } from "./catalogue.ts";
import { lockKey } from "./lock.ts";

/** Where an artifact goes on a host: as one file (mode such as `0755`), or unpacked into a directory. */
export type Destination = { readonly file: string; readonly mode?: string } | { readonly directory: string };

/** What a host is to have. */
export type ArtifactRequest =
  | {
      readonly name: ArtifactName;
      /** As its publisher writes it, such as `v1.36.3` or `v1.36.5+k3s1`. */
      readonly version: string;
      readonly destination: Destination;
    }
  | { readonly pinned: PinnedFile; readonly destination: Destination }
  | {
      /** An image archive of the bundle; without a bundle images come from registries, and this is refused. */
      readonly image: string;
      /** Its tag. */
      readonly version: string;
      readonly destination: Destination;
    };

/** One artifact on its way to one host. */
export interface PlannedInstall {
  /** What people call it, such as `kubeadm v1.36.3`. */
  readonly title: string;
  readonly destination: Destination;
  /** Of what is installed. Known beforehand from the bundle's manifest or the lock; else only the publisher's checksum verifies it. */
  readonly sha256?: string;
  /** Downloaded from here, unless it comes from the bundle. */
  readonly download?: {
    readonly url: string;
    /** Where its publisher says its SHA-256; absent of what is pinned. */
    readonly checksum?: { readonly url: string; readonly name: string };
  };
  /** File in the bundle's folder. */
  readonly bundled?: BundleArtifact;
}

/** What a request means in a bundle's terms. */
export function wantedArtifact(request: ArtifactRequest, architecture: Architecture): WantedArtifact {
  if ("image" in request) return { name: request.image, kind: "image", version: request.version, architecture };
  if ("pinned" in request) {
    const { name, version } = request.pinned;
    return { name, kind: "archive", version, architecture };
  }
  return { name: request.name, kind: catalogue[request.name].kind, version: request.version, architecture };
}

function fromBundle(bundle: Bundle, request: ArtifactRequest, architecture: Architecture): PlannedInstall {
  const wanted = wantedArtifact(request, architecture);
  const bundled = findArtifact(bundle, wanted);
  assert(bundled !== undefined, `the bundle lost ${wanted.name} ${wanted.version}`);
  const title = `${wanted.name} ${wanted.version}`;
  if ("pinned" in request && bundled.sha256 !== request.pinned.sha256) {
    const problem = `${title} has the SHA-256 ${bundled.sha256}, not ${request.pinned.sha256}`;
    throw new BundleError(bundle.directory, [problem], "Make the bundle again: ./grappe bundle");
  }
  return { title, destination: request.destination, sha256: bundled.unpackedSha256 ?? bundled.sha256, bundled };
}

function fromPublisher(source: ArtifactSource, request: ArtifactRequest, architecture: Architecture): PlannedInstall {
  if ("image" in request) assert.fail(`${request.image}: images are installed from a bundle only`);
  if ("pinned" in request) {
    const { name, version, url, sha256 } = request.pinned;
    const download = { url: mirrored(url, source.mirrors) };
    return { title: `${name} ${version}`, destination: request.destination, sha256, download };
  }
  const { url, checksumUrl, checksumName } = catalogue[request.name].publication(request.version, architecture);
  const sha256 = source.lock[lockKey(request.name, request.version, architecture)];
  return {
    title: `${request.name} ${request.version}`,
    destination: request.destination,
    ...(sha256 === undefined ? {} : { sha256 }),
    download: {
      url: mirrored(url, source.mirrors),
      checksum: { url: mirrored(checksumUrl, source.mirrors), name: checksumName },
    },
  };
}

/**
 * Plans how artifacts reach a host of an architecture. Images of one archive are one install.
 *
 * @throws `BundleError` with all that the bundle lacks
 */
export function planInstalls(
  source: ArtifactSource,
  requests: readonly ArtifactRequest[],
  architecture: Architecture,
): PlannedInstall[] {
  const { bundle } = source;
  if (bundle === undefined) return requests.map((request) => fromPublisher(source, request, architecture));
  requireArtifacts(
    bundle,
    requests.map((request) => wantedArtifact(request, architecture)),
  );
  const installs = requests.map((request) => fromBundle(bundle, request, architecture));
  const placeOf = ({ bundled, destination }: PlannedInstall) => `${bundled?.file} ${JSON.stringify(destination)}`;
  const places = installs.map(placeOf);
  return installs.filter((install, index) => places.indexOf(placeOf(install)) === index);
}

/** Where the files of a bundle are put on a host before they are verified and installed; the SSH user owns it. */
export const incomingDirectory = "/var/lib/grappe/incoming";

/** The file's place among the incoming ones: another content is another file. A compressed program's ends in `.zst`. */
export function incomingFile({ file, sha256, unpackedSha256 }: BundleArtifact): string {
  const name = (file.split("/").at(-1) ?? "file").replace(/\.zst$/, "");
  return `${incomingDirectory}/${sha256.slice(0, 12)}-${name}${unpackedSha256 === undefined ? "" : ".zst"}`;
}

/** One line for `install-artifacts.sh`: nine fields without blanks, `-` where there is none. */
export function installLine(install: PlannedInstall): string {
  const { destination, download, bundled } = install;
  const fields = [
    install.title.replaceAll(" ", "_"),
    "file" in destination ? "file" : "directory",
    "file" in destination ? destination.file : destination.directory,
    "file" in destination ? (destination.mode ?? "0755") : "-",
    install.sha256 ?? "-",
    download?.url ?? "-",
    download?.checksum?.url ?? "-",
    download?.checksum?.name ?? "-",
    bundled === undefined ? "-" : incomingFile(bundled),
  ];
  const blank = fields.find((field) => field === "" || /\s/.test(field));
  assert(blank === undefined, `${install.title}: a path or URL can't hold a blank: "${blank}"`);
  return fields.join(" ");
}
