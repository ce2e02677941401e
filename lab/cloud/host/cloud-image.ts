import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Progress } from "../../../runtime/progress.ts";
import type { ContainerEngine } from "../../hardware/container-engine.ts";
import { readDebianRecipe } from "../../hardware/debian-recipe.ts";
import { type DebianRecipe, debianRootFilesystem } from "../../toolchain/debian-root-filesystem.ts";
import { cloudValues, configurationTemplates } from "../openstack/configuration.ts";
import { offer } from "../openstack/offer.ts";

/** What decides the images of the cloud, read from this folder. */
export interface CloudRecipes {
  readonly host: DebianRecipe;
  readonly instance: DebianRecipe;
  /** Name of the image that has the host's packages. */
  readonly packagesImage: string;
  /** Name of the image that has everything: databases, objects, uploaded images. */
  readonly cloudImage: string;
}

/** Reads the recipes. An image's tag is the hash of what it is made of: changed, it is another image; unchanged, made once. */
export async function cloudRecipes(): Promise<CloudRecipes> {
  const [host, instance, templates, setUp] = await Promise.all([
    readDebianRecipe(import.meta.dirname),
    readDebianRecipe(join(import.meta.dirname, "..", "compute", "image")),
    configurationTemplates(),
    readFile(join(import.meta.dirname, "set-up.ts"), "utf8"),
  ]);
  const whole = createHash("sha256")
    .update(JSON.stringify([host.recipe, instance.recipe, templates, cloudValues, offer, setUp]))
    .digest("hex");
  return {
    host,
    instance,
    packagesImage: `localhost/grappe-cloud-packages:${host.recipe.slice(0, 16)}`,
    cloudImage: `localhost/grappe-cloud:${whole.slice(0, 16)}`,
  };
}

/** Makes sure that the engine holds the image with the host's packages. */
export async function ensurePackagesImage(
  engine: ContainerEngine,
  { host, packagesImage }: CloudRecipes,
  progress: Progress,
): Promise<void> {
  if (await engine.hasImage(packagesImage)) return;
  const archive = await debianRootFilesystem(host, progress);
  await progress.during(
    () => "handing the host's root file system to the container engine",
    engine.importImage(archive, packagesImage),
  );
}

/** The archive of the instances' root file system. */
export function instanceArchive({ instance }: CloudRecipes, progress: Progress): Promise<string> {
  return debianRootFilesystem(instance, progress);
}

/** The driver's files of lab/cloud/compute, by where nova looks for drivers; and the container engine's configuration. */
export async function computeFiles(): Promise<Readonly<Record<string, { text: string; mode: number }>>> {
  const compute = join(import.meta.dirname, "..", "compute");
  const driver = join(compute, "podman");
  const names = (await readdir(driver)).filter((name) => name.endsWith(".py"));
  const files = await Promise.all(
    names.toSorted().map(async (name) => {
      const text = await readFile(join(driver, name), "utf8");
      return [`usr/lib/python3/dist-packages/nova/virt/podman/${name}`, { text, mode: 0o644 }] as const;
    }),
  );
  const containers = await readFile(join(compute, "containers.conf"), "utf8");
  return { ...Object.fromEntries(files), "etc/containers/containers.conf": { text: containers, mode: 0o644 } };
}
