import { RunError } from "@pulumi/pulumi/errors.js";
import { sessionModules } from "../../../components/apps/odoo/session-module.ts";
import { defaultOdooImage } from "../../../components/settings/odoo-series.ts";
import { ownArchitecture } from "../../../runtime/toolchain/go-module.ts";
import type { FillRequest } from "../fill.ts";
import { systemLayer } from "../layers.ts";
import type { ImageContent } from "../packed-image.ts";
import type { Part } from "./part.ts";

/** Unstable alone has Odoo 19, and no Python that it runs on; the rest is the stable release's. Countries' modules read telephone numbers. */
const debian = {
  ...{ suite: "trixie", further: "sid", packages: ["odoo-19", "python3-phonenumbers"] },
  // As in the official image.
  folders: ["mnt/extra-addons", "var/lib/odoo"],
  languages: ["de", "en", "es", "fr", "it", "nl", "pt"],
};

async function content({ architecture, progress }: FillRequest): Promise<ImageContent> {
  if (architecture !== ownArchitecture())
    throw new RunError(`Odoo's image for ${architecture} is made on such a computer. Fix: make the bundle there.`);
  return {
    files: {},
    base: [await systemLayer(debian, progress)],
    config: { entrypoint: ["/usr/bin/odoo"], user: "100:101", environment: { LANG: "C.UTF-8" } },
    builtFrom: `Debian: odoo-19 of sid, all else of trixie; languages ${debian.languages.join(", ")}`,
  };
}

/** Odoo with its module that keeps sessions in the database. */
export const odoo: Part = {
  name: "odoo",
  images: [{ reference: defaultOdooImage, content }],
  charts: [],
  files: Object.values(sessionModules),
};
