import { charts } from "../../../components/platform/chart.ts";
import { goModules } from "../../toolchain/go-modules.ts";
import { goImageContent } from "../go-image.ts";
import { packagesLayer } from "../layers.ts";
import { busybox } from "./busybox.ts";
import type { Part } from "./part.ts";

/** Let's Encrypt's test authority, and the image in which its chart makes the certificate of its own address. */
export const pebble: Part = {
  name: "pebble",
  images: [
    {
      reference: "ghcr.io/letsencrypt/pebble:2.10.0",
      content: (request) =>
        goImageContent(
          {
            module: goModules.pebble,
            programs: { app: "pebble", "pebble-challtestsrv": "pebble-challtestsrv" },
            config: { entrypoint: ["/app"] },
          },
          request,
        ),
    },
    {
      reference: "docker.io/alpine/openssl:3.5.5",
      content: async ({ architecture, progress }) => ({
        files: {},
        base: [await packagesLayer(busybox("openssl"), architecture, progress)],
        config: { entrypoint: ["openssl"] },
        builtFrom: "Debian trixie: openssl, busybox-static",
      }),
    },
  ],
  charts: [{ chart: charts.pebble, otherwise: { folder: "pebble" } }],
};
