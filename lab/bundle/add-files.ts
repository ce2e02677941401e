import { basename, resolve } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { parse } from "yaml";
import { z } from "zod";
import type { Progress } from "../../runtime/progress.ts";
import { run } from "../../runtime/subprocess.ts";
import { ownArchitecture } from "../../runtime/toolchain/go-module.ts";
import { put } from "./fill.ts";
import type { ArtifactIdentity, BundleFolder } from "./folder.ts";
import { parseReference } from "./kubeadm-images.ts";
import { refuseOversizedRelease } from "./release-record.ts";

const chartYaml = z.object({ name: z.string().min(1), version: z.string().min(1) });
const dockerManifest = z.array(z.object({ RepoTags: z.array(z.string()).nullish() }));
const ociIndex = z.object({
  manifests: z.array(z.object({ annotations: z.record(z.string(), z.string()).optional() })),
});

/** Finds (pure) the one image name in a docker archive's manifest.json or an OCI archive's index.json. */
export function imageName(file: "manifest.json" | "index.json", text: string): string {
  const value: unknown = JSON.parse(text);
  const names =
    file === "manifest.json"
      ? dockerManifest.parse(value).flatMap(({ RepoTags }) => RepoTags ?? [])
      : ociIndex.parse(value).manifests.flatMap(({ annotations }) => {
          const name = annotations?.["io.containerd.image.name"] ?? annotations?.["org.opencontainers.image.ref.name"];
          return name === undefined ? [] : [name];
        });
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw new RunError(
      `it holds ${names.length} image names${names.length > 1 ? ` (${names.join(", ")})` : ""}, it must hold one. Fix: save each image into an archive of its own`,
    );
  }
  return name;
}

async function textIn(archive: string, member: string): Promise<string | undefined> {
  const names = [member, `./${member}`];
  for (const name of names) {
    const { code, stdout } = await run(["tar", "--extract", "--to-stdout", "--file", archive, name], {
      allowedCodes: [0, 1, 2],
    });
    if (code === 0) return stdout;
  }
  return undefined;
}

/** Reads what a packaged chart is out of the archive itself. */
export async function identifyChart(file: string): Promise<ArtifactIdentity> {
  const patterns = ["--wildcards", "--no-wildcards-match-slash"];
  const command = ["tar", "--extract", "--to-stdout", "--file", file, ...patterns, "*/Chart.yaml"] as const;
  const { stdout } = await run(command).catch(() => ({ stdout: "" }));
  const chart = chartYaml.safeParse(parse(stdout));
  if (!chart.success)
    throw new RunError(
      "it is no packaged Helm chart: it holds no Chart.yaml with name and version. Fix: helm package CHART",
    );
  return { ...chart.data, kind: "chart", architecture: "any", origin: "added" };
}

async function identifyImage(file: string): Promise<ArtifactIdentity> {
  for (const member of ["manifest.json", "index.json"] as const) {
    const text = await textIn(file, member);
    if (text === undefined) continue;
    const { repository, tag } = parseReference(imageName(member, text));
    return { name: repository, kind: "image", version: tag, architecture: ownArchitecture(), origin: "added" };
  }
  throw new RunError("it is neither a docker archive nor an OCI archive. Fix: podman save, or docker save");
}

/** Adds packaged charts and image archives to a bundle; what they are is read from the files themselves. */
export async function addFiles(folder: BundleFolder, files: readonly string[], progress: Progress): Promise<void> {
  if (files.length === 0)
    throw new RunError("add: name the files, charts (*.tgz) or image archives (*.tar, *.tar.zst).");
  const request = { folder, architecture: ownArchitecture(), progress };
  for (const path of files) {
    const file = resolve(path);
    const identify = /\.t(?:ar\.)?gz$/.test(file) ? identifyChart : identifyImage;
    const identity = await identify(file).catch((error: unknown) => {
      throw new RunError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    });
    if (identity.kind === "chart") await refuseOversizedRelease(file, `${identity.name} ${identity.version}`);
    const publishedName = identity.kind === "chart" ? `${identity.name}-${identity.version}.tgz` : basename(file);
    await put(request, identity, { file, publishedName });
  }
}
