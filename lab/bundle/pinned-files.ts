import { mirrored, type PinnedFile } from "../../components/host/artifacts/catalogue.ts";
import { downloadExpected } from "../../runtime/toolchain/verified-download.ts";
import { type FillRequest, put } from "./fill.ts";

/** Fetches files that are pinned by their hash, from their publishers or mirrors, and puts them into the bundle. */
export async function addPinnedFiles(
  request: FillRequest,
  files: readonly PinnedFile[],
  mirrors: Readonly<Record<string, string>>,
): Promise<void> {
  for (const { name, version, url, sha256 } of files) {
    const file = await downloadExpected(mirrored(url, mirrors), sha256, request.progress);
    const identity = { name, kind: "archive", version, architecture: "any", origin: "release" } as const;
    await put(request, identity, { file, publishedName: url.split("/").at(-1) ?? name });
  }
}
