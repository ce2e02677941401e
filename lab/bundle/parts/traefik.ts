import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { charts } from "../../../components/platform/chart.ts";
import { traefikImageReference } from "../../../components/platform/traefik-values.ts";
import { requiredModuleFolder } from "../../../runtime/toolchain/go-module.ts";
import { goModules } from "../../toolchain/go-modules.ts";
import { goImageContent } from "../go-image.ts";
import { busybox } from "./busybox.ts";
import type { Part } from "./part.ts";

const definitions = "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml";

/** Without its web pages and with few providers of the DNS challenge; the chart isn't in the module, its definitions are. */
export const traefik: Part = {
  name: "traefik",
  images: [
    {
      reference: traefikImageReference,
      content: (request) =>
        goImageContent(
          {
            module: goModules.traefik,
            programs: { "usr/local/bin/traefik": "traefik" },
            // Our init container calls a shell.
            base: busybox("tzdata"),
            config: { entrypoint: ["/usr/local/bin/traefik"] },
          },
          request,
        ),
    },
  ],
  charts: [
    {
      chart: charts.traefik,
      otherwise: {
        folder: "traefik",
        files: async () => {
          const module = await requiredModuleFolder(goModules.traefik, "github.com/traefik/traefik/v3");
          return { "crds/definitions.yaml": await readFile(join(module, definitions), "utf8") };
        },
      },
    },
  ],
};
