import { createHash } from "node:crypto";
import type { Input } from "@pulumi/pulumi";
import type { WorkloadSettings } from "../../settings/schema/workload.ts";
import type { Mount } from "../workload-objects.ts";

const hashOf = (text: string, length: number) => createHash("sha256").update(text).digest("hex").slice(0, length);

/** Key of a file in its ConfigMap; no two paths have one. */
const keyOf = (path: string) =>
  `${hashOf(path, 8)}-${path.slice(path.lastIndexOf("/") + 1).replaceAll(/[^\w.-]/g, "_")}`;

/** Configuration files (pure) as a ConfigMap holds them, and a name that is another one with every change of them. */
export function fileData(name: string, files: WorkloadSettings["files"]) {
  const data = Object.fromEntries(Object.entries(files).map(([path, text]) => [keyOf(path), text]));
  return { name: `${name}-files-${hashOf(JSON.stringify(data), 10)}`, data };
}

/** Name of a volume's claim (pure): of the path at which it is mounted, `/var/jenkins_home` is `var-jenkins-home-…`. */
export function claimName(path: string): string {
  const readable = path
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    // A provisioner's folder bears the namespace's and the volume's name beside it, and a file system knows names of 255 bytes.
    .slice(0, 120);
  // `/a-b` and `/a/b` are two.
  return `${readable === "" ? "volume" : readable}-${hashOf(path, 6)}`;
}

/** What is mounted into a workload's container (pure). */
export function mountsOf(
  { volumes, files, temporaryFolders }: Pick<WorkloadSettings, "volumes" | "files" | "temporaryFolders">,
  {
    configMap,
    claims,
  }: { readonly configMap: Input<string>; readonly claims: Readonly<Record<string, Input<string>>> },
): readonly Mount[] {
  return [
    ...Object.keys(volumes).map((path) => ({
      path,
      volume: {
        name: `volume-${hashOf(path, 8)}`,
        persistentVolumeClaim: { claimName: claims[path] ?? claimName(path) },
      },
    })),
    ...temporaryFolders.map((path) => ({ path, volume: { name: `temporary-${hashOf(path, 8)}`, emptyDir: {} } })),
    ...Object.keys(files).map((path) => ({
      path,
      volume: { name: "files", configMap: { name: configMap } },
      subPath: keyOf(path),
      readOnly: true,
    })),
  ];
}
