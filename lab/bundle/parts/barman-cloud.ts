import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { barmanPluginVersion } from "../../../components/platform/barman-plugin.ts";
import { charts } from "../../../components/platform/chart.ts";
import { requiredModuleFolder } from "../../../runtime/toolchain/go-module.ts";
import { goModules } from "../../toolchain/go-modules.ts";
import { goImageContent } from "../go-image.ts";
import { usualPath } from "../image-archive.ts";
import { systemLayer } from "../layers.ts";
import type { Part } from "./part.ts";
import { postgresUsers } from "./postgres.ts";

/** Kinds of the module's manifest that the chart takes over; it makes all else itself, and nothing asks cert-manager. */
const taken = new Set([
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "Role",
  "RoleBinding",
  "ServiceAccount",
]);

/** Of the plugin's manifest (pure), what its chart doesn't say itself. */
export function takenObjects(manifest: string): string {
  return manifest
    .split(/^---$/m)
    .filter((document) => taken.has(/^kind: (\w+)$/m.exec(document)?.[1] ?? ""))
    .join("---");
}

async function manifestFiles(): Promise<Readonly<Record<string, string>>> {
  const folder = await requiredModuleFolder(goModules["barman-cloud"], "github.com/cloudnative-pg/plugin-barman-cloud");
  return { "files/objects.yaml": takenObjects(await readFile(join(folder, "manifest.yaml"), "utf8")) };
}

/** Configured, so that Python has compiled its modules: each file of a log is a start of barman's programs. */
const debian = { suite: "trixie", packages: ["barman-cli-cloud"], folders: [], languages: [] };

/** CloudNativePG's plugin for backups, and the sidecar that it gives to instances: the same program beside Debian's barman. */
export const barmanCloud: Part = {
  name: "barman-cloud",
  images: [
    {
      reference: `ghcr.io/cloudnative-pg/plugin-barman-cloud:${barmanPluginVersion}`,
      content: (request) =>
        goImageContent(
          {
            module: goModules["barman-cloud"],
            programs: { manager: "manager" },
            config: { entrypoint: ["/manager"], user: "65532:65532" },
          },
          request,
        ),
    },
    {
      reference: `ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:${barmanPluginVersion}`,
      content: async (request) => {
        const environment = { PATH: usualPath, LANG: "C.UTF-8" };
        const config = { entrypoint: ["/manager"], user: "26:26", environment };
        const recipe = { module: goModules["barman-cloud"], programs: { manager: "manager" }, config } as const;
        const made = await goImageContent(recipe, request);
        return {
          ...made,
          files: { ...made.files, ...postgresUsers },
          base: [await systemLayer(debian, request.progress)],
          builtFrom: `${made.builtFrom}; Debian trixie: barman-cli-cloud`,
        };
      },
    },
  ],
  charts: [{ chart: charts.barmanCloud, otherwise: { folder: "plugin-barman-cloud", files: manifestFiles } }],
};
