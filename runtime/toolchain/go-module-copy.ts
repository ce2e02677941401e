import { cp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { run } from "../subprocess.ts";
import { ensurePrograms } from "./debian-packages.ts";
import type { GoModule, PartlyTaken } from "./go-module-definition.ts";

/** Makes a copy of a Go module that isn't built as it lies in its folder; says whether that is needed. */
export async function copyGoModule(
  { folder, patch, partly }: Pick<GoModule, "folder" | "patch" | "partly">,
  copy: string,
): Promise<boolean> {
  if (patch === undefined && partly === undefined) return false;
  await cp(folder, copy, { recursive: true });
  if (partly !== undefined) await takePartly(partly, copy);
  if (patch !== undefined) await vendorPatched(patch, copy);
  return true;
}

const downloadedModule = z.object({ Dir: z.string(), Sum: z.string() });

/** Fills a folder up with parts of a module. */
async function takePartly({ module, sum, folder, paths }: PartlyTaken, copy: string): Promise<void> {
  // Outside of the module that replaces it.
  const { stdout } = await run(["go", "mod", "download", "-json", module], { cwd: dirname(copy) });
  const { Dir, Sum } = downloadedModule.parse(JSON.parse(stdout));
  if (Sum !== sum)
    throw new RunError(
      `${module} has the hash ${Sum}; its definition says ${sum}. Fix: see which proxy answered (go env GOPROXY).`,
    );
  for (const path of paths) {
    await cp(join(Dir, path), join(copy, folder, path), {
      recursive: true,
      filter: (file) => !file.endsWith("_test.go"),
    });
  }
  // In Go's cache nothing can be written; what is copied from it must go again.
  await run(["chmod", "--recursive", "u+w", join(copy, folder)]);
}

/** Takes all that a module requires into its folder `vendor`, and patches it there. */
async function vendorPatched(patch: string, copy: string): Promise<void> {
  await run(["go", "mod", "vendor"], { cwd: copy });
  await ensurePrograms([{ program: "git", debianPackage: "git" }]);
  // In a repository git would take the patch's paths from its root.
  await run(["git", "apply", patch], { cwd: copy, env: { GIT_CEILING_DIRECTORIES: dirname(copy) } });
}
