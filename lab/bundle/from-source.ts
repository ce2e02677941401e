import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileSha256 } from "../../components/host/bundle.ts";
import { cacheDirectory, exists } from "../toolchain/cache.ts";
import { type Architecture, buildGoModule, type GoModuleName, goModuleVersion } from "../toolchain/go-module.ts";
import type { Progress } from "../toolchain/progress.ts";
import { run } from "../toolchain/subprocess.ts";
import { type Application, nodeLayers } from "./applications.ts";
import {
  cniArchive,
  cniPlugins,
  type ImageReference,
  kubeadmBinaries,
  parseImageList,
  parseReference,
} from "./catalogue.ts";
import type { ArtifactIdentity, BundleFolder } from "./folder.ts";
import { type ImageConfig, reproducible, writeImageArchive } from "./image-archive.ts";
import { filesLayer, packagesLayer, type UnpackedPackages } from "./layers.ts";

/** How one of Kubernetes's images is made: its programs, of a Go module, perhaps on top of Debian packages. */
interface ImageRecipe {
  readonly module: GoModuleName;
  /** Path in the image to the program's name in the module. */
  readonly programs: Readonly<Record<string, string>>;
  readonly base?: UnpackedPackages;
  readonly config: ImageConfig;
}

const component = (name: string, base?: UnpackedPackages): ImageRecipe => ({
  module: "kubernetes",
  programs: { [`usr/local/bin/${name}`]: name },
  ...(base === undefined ? {} : { base }),
  config: { entrypoint: [`/usr/local/bin/${name}`] },
});

/** kube-proxy runs these; the links are those that configuring the package iptables would have made. */
const packetFilters: UnpackedPackages = {
  packages: ["conntrack", "iptables", "kmod", "nftables"],
  links: Object.fromEntries(
    ["iptables", "ip6tables"].flatMap((family) =>
      ["", "-save", "-restore"].map((suffix) => [`usr/sbin/${family}${suffix}`, "xtables-nft-multi"]),
    ),
  ),
};

/** By the last part of the image's repository, as kubeadm names it. */
const recipes: Readonly<Record<string, ImageRecipe>> = {
  "kube-apiserver": component("kube-apiserver"),
  "kube-controller-manager": component("kube-controller-manager"),
  "kube-scheduler": component("kube-scheduler"),
  "kube-proxy": component("kube-proxy", packetFilters),
  etcd: {
    module: "etcd",
    programs: {
      "usr/local/bin/etcd": "server",
      "usr/local/bin/etcdctl": "etcdctl",
      "usr/local/bin/etcdutl": "etcdutl",
    },
    config: { entrypoint: ["/usr/local/bin/etcd"] },
  },
  coredns: { module: "coredns", programs: { coredns: "coredns" }, config: { entrypoint: ["/coredns"] } },
  pause: { module: "pause", programs: { pause: "pause" }, config: { entrypoint: ["/pause"], user: "65535:65535" } },
};

export interface SourceRequest {
  readonly folder: BundleFolder;
  readonly architecture: Architecture;
  readonly progress: Progress;
  readonly applications: readonly Application[];
}

/** Fills a bundle for kubeadm with what is built on this computer: Go modules pinned by go.sum, Debian's packages, our own code. */
export async function fillFromSource(request: SourceRequest): Promise<void> {
  await addBinaries(request);
  await addCniPlugins(request);
  for (const image of await kubeadmImages(request)) await addKubernetesImage(request, image);
  for (const application of request.applications) await addApplication(request, application);
}

async function put({ folder, progress }: SourceRequest, identity: ArtifactIdentity, file: string): Promise<void> {
  const outcome = await folder.add(identity, file);
  progress.step(`${identity.kind} ${identity.name} ${identity.version} for ${identity.architecture}: ${outcome}`);
}

async function addBinaries(request: SourceRequest): Promise<void> {
  const { architecture, progress } = request;
  const version = await goModuleVersion("kubernetes");
  const programs = await buildGoModule("kubernetes", { architecture, progress });
  for (const name of kubeadmBinaries) {
    await put(request, { name, kind: "binary", version, architecture, origin: "source" }, join(programs, name));
  }
}

async function addCniPlugins(request: SourceRequest): Promise<void> {
  const { architecture, progress } = request;
  const version = await goModuleVersion("cni");
  const programs = await buildGoModule("cni", { architecture, progress });
  const scratch = await scratchFolder();
  try {
    const archive = join(scratch, "plugins.tgz");
    const compress = "--use-compress-program=gzip --no-name";
    await run([
      "tar",
      ...reproducible,
      compress,
      "--create",
      "--file",
      archive,
      "--directory",
      programs,
      ...cniPlugins,
    ]);
    await put(request, { name: cniArchive, kind: "archive", version, architecture, origin: "source" }, archive);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The images that kubeadm itself asks for; what is built must be of the very versions that it names. */
async function kubeadmImages({ progress }: SourceRequest): Promise<ImageReference[]> {
  const kubeadm = join(await buildGoModule("kubernetes", { progress }), "kubeadm");
  const version = await goModuleVersion("kubernetes");
  const { stdout } = await run([kubeadm, "config", "images", "list", `--kubernetes-version=${version}`]);
  return parseImageList(stdout);
}

/** Refuses (pure) to put a program of one version into an image that is named after another. */
export function assertSameVersion(image: ImageReference, version: string): void {
  const named = image.tag.replace(/^v/, "").replace(/-\d+$/, "");
  if (named === version.replace(/^v/, "")) return;
  throw new Error(
    `kubeadm wants ${image.repository}:${image.tag}, but lab/toolchain builds ${version}: change that module's go.mod.`,
  );
}

async function addKubernetesImage(request: SourceRequest, image: ImageReference): Promise<void> {
  const { architecture, progress } = request;
  const recipe = recipes[image.repository.replace(/^.*\//, "")];
  if (recipe === undefined) throw new Error(`No recipe makes the image ${image.repository}, which kubeadm wants.`);
  assertSameVersion(image, await goModuleVersion(recipe.module));
  const programs = await buildGoModule(recipe.module, { architecture, progress });
  const files = Object.entries(recipe.programs).map(([path, program]) => [path, join(programs, program)]);
  const base = recipe.base === undefined ? [] : [await packagesLayer(recipe.base, architecture, progress)];
  await addImage(request, image, { files: Object.fromEntries(files), base, config: recipe.config });
}

async function addApplication(request: SourceRequest, application: Application): Promise<void> {
  const base = await nodeLayers(request.architecture, request.progress);
  const { files, config } = application;
  await addImage(request, parseReference(application.reference), { files, base, config });
}

interface ImageContent {
  readonly files: Readonly<Record<string, string>>;
  /** Layers under the one that holds the files. */
  readonly base: readonly string[];
  readonly config: ImageConfig;
}

async function addImage(request: SourceRequest, image: ImageReference, content: ImageContent): Promise<void> {
  const { architecture, progress } = request;
  const reference = `${image.repository}:${image.tag}`;
  const scratch = await scratchFolder();
  try {
    const layer = await filesLayer(content.files, scratch);
    const layers = [...content.base, layer];
    const digests = await Promise.all(layers.map(fileSha256));
    const inputs = JSON.stringify([reference, architecture, digests, content.config]);
    const key = createHash("sha256").update(inputs).digest("hex").slice(0, 16);
    const archive = join(await cacheDirectory("images"), `${key}.tar`);
    if (!(await exists(archive))) {
      const spec = { reference, architecture, layers, config: content.config };
      await progress.during(() => `packing ${reference}`, writeImageArchive(spec, archive));
    }
    const identity = {
      name: image.repository,
      kind: "image",
      version: image.tag,
      architecture,
      origin: "source",
    } as const;
    await put(request, identity, archive);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function scratchFolder(): Promise<string> {
  return await mkdtemp(join(await cacheDirectory("scratch"), "bundle-"));
}
