import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../runtime/subprocess.ts";
import { withScratch } from "../../runtime/toolchain/build-once.ts";
import { buildGoModule, goModuleVersion } from "../../runtime/toolchain/go-module.ts";
import { goModules } from "../toolchain/go-modules.ts";
import { type FillRequest, put } from "./fill.ts";
import { type GoImageRecipe, goImageContent } from "./go-image.ts";
import { reproducible } from "./image-archive.ts";
import { type ImageReference, listKubeadmImages } from "./kubeadm-images.ts";
import type { UnpackedPackages } from "./layers.ts";
import { addPackedImages } from "./packed-image.ts";

const component = (name: string, base?: UnpackedPackages): GoImageRecipe => ({
  module: goModules.kubernetes,
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
const recipes: Readonly<Record<string, GoImageRecipe>> = {
  "kube-apiserver": component("kube-apiserver"),
  "kube-controller-manager": component("kube-controller-manager"),
  "kube-scheduler": component("kube-scheduler"),
  "kube-proxy": component("kube-proxy", packetFilters),
  etcd: {
    module: goModules.etcd,
    programs: {
      "usr/local/bin/etcd": "server",
      "usr/local/bin/etcdctl": "etcdctl",
      "usr/local/bin/etcdutl": "etcdutl",
    },
    config: { entrypoint: ["/usr/local/bin/etcd"] },
  },
  coredns: { module: goModules.coredns, programs: { coredns: "coredns" }, config: { entrypoint: ["/coredns"] } },
  pause: {
    module: goModules.pause,
    programs: { pause: "pause" },
    config: { entrypoint: ["/pause"], user: "65535:65535" },
  },
};

/** The programs that a kubeadm host runs outside of containers. */
const hostPrograms = ["kubeadm", "kubelet", "kubectl"] as const;

/** CNI plugins that the CNI `routed` takes, of the many that their publisher's archive holds. */
const cniPlugins = ["bridge", "host-local", "loopback", "portmap"] as const;

/** Fills a bundle for kubeadm with what is built on this computer, from Go modules pinned by go.sum and Debian's packages. */
export async function fillFromSource(request: FillRequest): Promise<void> {
  await addBinaries(request);
  await addCniPlugins(request);
  for (const image of await kubeadmImages(request)) await addKubernetesImage(request, image);
}

async function addBinaries(request: FillRequest): Promise<void> {
  const { architecture, progress } = request;
  const version = await goModuleVersion(goModules.kubernetes);
  const programs = await buildGoModule(goModules.kubernetes, { architecture, progress });
  for (const name of hostPrograms) {
    const identity = { name, kind: "binary", version, architecture, origin: "source" } as const;
    await put(request, identity, { file: join(programs, name), publishedName: name });
  }
}

async function addCniPlugins(request: FillRequest): Promise<void> {
  const { architecture, progress } = request;
  const version = await goModuleVersion(goModules.cni);
  const programs = await buildGoModule(goModules.cni, { architecture, progress });
  await withScratch(async (scratch) => {
    const file = join(scratch, "plugins.tgz");
    const compressed = [...reproducible, "--use-compress-program=gzip --no-name"];
    await run(["tar", ...compressed, "--create", "--file", file, "--directory", programs, ...cniPlugins]);
    const identity = { name: "cni-plugins", kind: "archive", version, architecture, origin: "source" } as const;
    await put(request, identity, { file, publishedName: "cni-plugins.tgz" });
  });
}

/** What is built must be of the very versions that kubeadm itself asks for. */
async function kubeadmImages({ progress }: FillRequest): Promise<ImageReference[]> {
  const programs = await buildGoModule(goModules.kubernetes, { progress });
  return await listKubeadmImages(join(programs, "kubeadm"), await goModuleVersion(goModules.kubernetes));
}

/** Refuses (pure) to put a program of one version into an image that is named after another. */
export function assertSameVersion(image: ImageReference, version: string): void {
  const named = image.tag.replace(/^v/, "").replace(/-\d+$/, "");
  if (named === version.replace(/^v/, "")) return;
  assert.fail(
    `kubeadm wants ${image.repository}:${image.tag}, but lab/toolchain builds ${version}: change that module's go.mod.`,
  );
}

async function addKubernetesImage(request: FillRequest, image: ImageReference): Promise<void> {
  const recipe = recipes[image.repository.replace(/^.*\//, "")];
  assert(recipe !== undefined, `No recipe makes the image ${image.repository}, which kubeadm wants.`);
  assertSameVersion(image, await goModuleVersion(recipe.module));
  await addPackedImages(request, [{ image, content: await goImageContent(recipe, request) }]);
}
