import { resolve } from "node:path";
import { defaultBundle } from "../lab/stack/lab-folder.ts";
import { verb } from "./verb.ts";

/** `./grappe bundle [add FILE…|verify]`. */
export const bundle = verb({
  command: "bundle [action] [files..]",
  describe: "one folder with the binaries, images and charts that hosts are installed from without internet",
  builder: (program) =>
    program
      .usage(
        `$0 bundle [action] [files..]

  fill          fills it; what is there and right stays (default)
  add FILE…     adds charts (*.tgz) and image archives (*.tar, *.tar.zst)
  verify        compares every file with the manifest`,
      )
      .positional("action", { choices: ["fill", "add", "verify"] as const, default: "fill" as const })
      .positional("files", { type: "string", array: true, default: [] as string[] })
      .option("from", {
        describe: "official releases, or built on this computer from Go modules and Debian packages",
        choices: ["releases", "source"] as const,
        default: "releases" as const,
      })
      .option("out", {
        describe: "the bundle's folder",
        type: "string",
        default: defaultBundle,
        defaultDescription: ".grappe/bundle",
      })
      .option("distribution", {
        describe: "k3s is had from releases only",
        choices: ["kubeadm", "k3s"] as const,
        default: "kubeadm" as const,
      })
      .option("kubernetes", { describe: "version; default: the tested one", type: "string" })
      .option("architecture", { describe: "default: this computer's", choices: ["amd64", "arm64"] as const })
      .option("image", {
        describe: "one more image, from its registry; repeatable",
        type: "string",
        array: true,
        nargs: 1,
        default: [] as string[],
      })
      .option("mirror", {
        describe: "ORIGIN=URL: takes URL in place of a publisher's origin; repeatable",
        type: "string",
        array: true,
        nargs: 1,
        default: [] as string[],
      })
      .option("parts", {
        describe: "parts of the platform and applications, by commas, or all or none",
        type: "string",
        default: "all",
      })
      .option("cni", {
        describe: "from releases: pod networks whose images it takes, by commas, or none",
        type: "string",
        default: "none",
      })
      .option("charts", {
        describe: "from releases: Helm charts, the parts' and the pod networks'",
        type: "boolean",
        default: true,
      })
      .option("applications", { describe: "images of our own applications", type: "boolean", default: true }),
  handler: async ({ action, files, out, image, mirror, ...request }) => {
    const { addToBundle, fillBundle, verifyBundleFolder } = await import("../lab/bundle/make-bundle.ts");
    const folder = resolve(out);
    const summary = {
      fill: () => fillBundle(folder, { ...request, images: image, mirrors: mirror }),
      add: () => addToBundle(folder, files),
      verify: () => verifyBundleFolder(folder),
    };
    process.stdout.write(`${await summary[action]()}\n`);
  },
});
