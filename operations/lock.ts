import { glob, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { cniPluginsVersion } from "../components/cluster/kubeadm/kubeadm.ts";
import { lockFile, renderLock } from "../components/host/artifacts/lock.ts";
import { type LockedArtifact, lockedChecksums } from "../components/host/artifacts/locked-checksums.ts";
import { parseYaml } from "../components/settings/yaml.ts";

const root = join(import.meta.dirname, "..");

/** What the lock needs of a stack file; the program itself checks all of it. */
const stackFile = z.looseObject({
  config: z.looseObject({
    "grappe:cluster": z.looseObject({ distribution: z.enum(["k3s", "kubeadm"]), version: z.string() }),
    "grappe:artifacts": z.looseObject({ mirrors: z.record(z.string(), z.string()).default({}) }).prefault({}),
  }),
});

function stackFileOf(file: string, text: string): z.output<typeof stackFile> {
  const parsed = stackFile.safeParse(parseYaml(text, file));
  if (parsed.success) return parsed.data;
  throw new RunError(
    `${file}: ${z.prettifyError(parsed.error)}\nFix: correct it there; ./grappe check shows all that is wrong.`,
  );
}

/** What hosts of a cluster download, in the versions that its settings name (pure). */
export function downloadsOf(cluster: {
  readonly distribution: "k3s" | "kubeadm";
  readonly version: string;
}): LockedArtifact[] {
  const { distribution, version } = cluster;
  if (distribution === "k3s") return [{ name: "k3s", version }];
  const programs = ["kubeadm", "kubelet", "kubectl"] as const;
  return [
    ...programs.map((name) => ({ name, version: `v${version.replace(/^v/, "")}` })),
    { name: "cni-plugins", version: cniPluginsVersion },
  ];
}

/** Writes the SHA-256 of everything that the stacks of this project download, as the publishers say now. @returns what was written, for people */
export async function lockArtifacts(): Promise<string> {
  const downloads = new Map<string, LockedArtifact>();
  let mirrors: Record<string, string> = {};
  for await (const file of glob("Pulumi.*.yaml", { cwd: root })) {
    const { config } = stackFileOf(file, await readFile(join(root, file), "utf8"));
    for (const artifact of downloadsOf(config["grappe:cluster"])) {
      downloads.set(`${artifact.name}@${artifact.version}`, artifact);
    }
    mirrors = { ...mirrors, ...config["grappe:artifacts"].mirrors };
  }
  const entries = await lockedChecksums([...downloads.values()], mirrors);
  await writeFile(join(root, lockFile), renderLock(entries));
  return `${lockFile}: ${Object.keys(entries).length} checksums of ${downloads.size} artifacts`;
}
