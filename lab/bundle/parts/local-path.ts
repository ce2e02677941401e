import { localStorageImages } from "../../../components/platform/local-storage.ts";
import { goModules } from "../../toolchain/go-modules.ts";
import { goImageContent } from "../go-image.ts";
import { packagesLayer } from "../layers.ts";
import { busybox } from "./busybox.ts";
import type { Part } from "./part.ts";

/** The provisioner, which has no chart, and the image in which it makes and removes a volume's folder. */
export const localPath: Part = {
  name: "local-path",
  images: [
    {
      reference: localStorageImages.provisioner,
      content: (request) =>
        goImageContent(
          {
            module: goModules["local-path-provisioner"],
            programs: { "usr/bin/local-path-provisioner": "local-path-provisioner" },
            config: { entrypoint: ["/usr/bin/local-path-provisioner"] },
          },
          request,
        ),
    },
    {
      reference: localStorageImages.helper,
      content: async ({ architecture, progress }) => ({
        files: {},
        base: [await packagesLayer(busybox(), architecture, progress)],
        config: { entrypoint: [], command: ["sh"] },
        builtFrom: "Debian trixie: busybox-static",
      }),
    },
  ],
  charts: [],
};
