import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ContainerEngine } from "./container-engine.ts";

/** Files by their paths below the container's root directory, such as `etc/machine-id`; they become root's. */
export type Files = Readonly<Record<string, { readonly text: string; readonly mode: number }>>;

/** Writes files into a container, running or not. What they say is on no command line. */
export async function copyIn(engine: ContainerEngine, container: string, files: Files): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "grappe-lab-"));
  try {
    for (const [path, { text, mode }] of Object.entries(files)) {
      await mkdir(join(folder, dirname(path)), { recursive: true, mode: 0o755 });
      await writeFile(join(folder, path), text, { mode });
    }
    for (const top of new Set(Object.keys(files).map((path) => path.split("/")[0] ?? ""))) {
      await engine.run(["cp", `${folder}/${top}/.`, `${container}:/${top}`]);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
