import type { Progress } from "../../runtime/progress.ts";
import type { Architecture } from "../../runtime/toolchain/go-module.ts";
import type { ArtifactIdentity, BundleFolder } from "./folder.ts";

/** What every way of filling a bundle needs. */
export interface FillRequest {
  readonly folder: BundleFolder;
  readonly architecture: Architecture;
  readonly progress: Progress;
}

/** Puts a file into the bundle and says whether it is new there. */
export async function put(
  { folder, progress }: FillRequest,
  identity: ArtifactIdentity,
  source: {
    readonly file: string;
    readonly publishedName: string;
    /** The one that the file is named after, where several artifacts share it. */
    readonly archive?: ArtifactIdentity;
  },
): Promise<void> {
  const outcome = await folder.add(identity, source.file, source.publishedName, source.archive);
  const { kind, name, version, architecture } = identity;
  progress.step(`${kind} ${name} ${version}${architecture === "any" ? "" : ` for ${architecture}`}: ${outcome}`);
}
