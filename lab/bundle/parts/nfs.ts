import { charts } from "../../../components/platform/chart.ts";
import { type GoModuleName, goModules } from "../../toolchain/go-modules.ts";
import { goImageContent } from "../go-image.ts";
import type { UnpackedPackages } from "../layers.ts";
import type { Part, PartImage } from "./part.ts";

const repository = "registry.k8s.io/sig-storage";

/** A sidecar of the driver: its publisher's program, of a module that is served. */
const sidecar = (name: GoModuleName & `csi-${string}`, tag: string): PartImage => ({
  reference: `${repository}/${name}:${tag}`,
  content: (request) =>
    goImageContent(
      { module: goModules[name], programs: { [name]: name }, config: { entrypoint: [`/${name}`] } },
      request,
    ),
});

/** A program of ours, which takes the options that the chart gives to the real one. */
const standIn = (name: string, tag: string, base?: UnpackedPackages): PartImage => ({
  reference: `${repository}/${name}:${tag}`,
  madeAs: "stand-in",
  content: (request) => {
    const recipe = {
      module: goModules["csi-driver-nfs"],
      programs: { [name]: name },
      config: { entrypoint: [`/${name}`] },
    } as const;
    return goImageContent(base === undefined ? recipe : { ...recipe, base }, request);
  },
});

/** csi-driver-nfs: neither its module nor those of two of its sidecars are served, nor its chart; those stand in. */
export const nfs: Part = {
  name: "nfs",
  images: [
    sidecar("csi-provisioner", "v6.3.0"),
    sidecar("csi-resizer", "v2.2.0"),
    standIn("csi-node-driver-registrar", "v2.17.0"),
    standIn("livenessprobe", "v2.19.0"),
    // What mounts: mount.nfs, and umount.
    standIn("nfsplugin", `v${charts.csiDriverNfs.version}`, { packages: ["mount", "nfs-common"] }),
  ],
  charts: [{ chart: charts.csiDriverNfs, otherwise: { folder: "csi-driver-nfs" } }],
};
