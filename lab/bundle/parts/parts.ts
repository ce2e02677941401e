import { barmanCloud } from "./barman-cloud.ts";
import { cloudnativePg } from "./cloudnative-pg.ts";
import { localPath } from "./local-path.ts";
import { metallb } from "./metallb.ts";
import { nfs } from "./nfs.ts";
import { odoo } from "./odoo.ts";
import type { Part } from "./part.ts";
import { pebble } from "./pebble.ts";
import { postgres } from "./postgres.ts";
import { traefik } from "./traefik.ts";

/** Every part that a bundle can hold beside Kubernetes and our own applications; one entry, and one file, each. */
export const parts: readonly Part[] = [
  barmanCloud,
  cloudnativePg,
  localPath,
  metallb,
  nfs,
  odoo,
  pebble,
  postgres,
  traefik,
];
