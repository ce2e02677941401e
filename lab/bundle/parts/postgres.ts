import { join } from "node:path";
import { usualPath } from "../image-archive.ts";
import { packagesLayer } from "../layers.ts";
import type { Part, PartImage } from "./part.ts";

const folder = join(import.meta.dirname, "..", "postgres");

/** PostgreSQL needs a name for its user; CloudNativePG's images have 26, the official ones 999. */
export const postgresUsers = { "etc/passwd": join(folder, "passwd"), "etc/group": join(folder, "group") };

/** What its programs and CloudNativePG's instance manager call: a shell, and the locales C and C.UTF-8. */
const around = ["base-files", "bash", "coreutils", "dash", "libc-bin", "sed", "tzdata"];

interface DebianServer {
  readonly suite: string;
  readonly major: number;
  /** Its user and group, as the publisher's image has them. */
  readonly user: 26 | 999;
}

/** A Debian release's PostgreSQL as an image. */
function image(reference: string, { suite, major, user }: DebianServer): PartImage {
  const server = `postgresql-${major}`;
  return {
    reference,
    content: async ({ architecture, progress }) => ({
      files: { ...postgresUsers, "usr/local/bin/start.sh": join(folder, "start.sh") },
      base: [await packagesLayer({ suite, packages: [server, ...around] }, architecture, progress)],
      config: {
        entrypoint: ["/usr/local/bin/start.sh"],
        environment: {
          PATH: `/usr/lib/postgresql/${major}/bin:${usualPath}`,
          LANG: "C.UTF-8",
        },
        user: `${user}:${user}`,
      },
      builtFrom: `Debian ${suite}: ${server}`,
    }),
  };
}

/** The database of a single instance, as `charts/odoo/values.yaml` names it. */
export const postgres: Part = {
  name: "postgres",
  images: [image("docker.io/library/postgres:17.11", { suite: "trixie", major: 17, user: 999 })],
  charts: [],
};

/** What CloudNativePG's instances run, as `charts/odoo/values.yaml` names it. */
export const clusterImage = image("ghcr.io/cloudnative-pg/postgresql:18.6-system-trixie", {
  suite: "forky",
  major: 18,
  user: 26,
});
