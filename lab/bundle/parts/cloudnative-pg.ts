import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { charts } from "../../../components/platform/chart.ts";
import { goModuleVersion, requiredModuleFolder } from "../../../runtime/toolchain/go-module.ts";
import { goModules } from "../../toolchain/go-modules.ts";
import { goImageContent } from "../go-image.ts";
import type { Part } from "./part.ts";
import { clusterImage } from "./postgres.ts";

const module = "github.com/cloudnative-pg/cloudnative-pg";

/** The manifest of a release: what the stand-in chart doesn't say itself. */
export interface ReleaseManifest {
  /** Custom resource definitions. */
  readonly definitions: string;
  /** Service account, roles, webhooks, the default monitoring; without the namespace and the Deployment. */
  readonly objects: string;
}

/** Splits (pure) the manifest of a CloudNativePG release. */
export function splitReleaseManifest(text: string): ReleaseManifest {
  const documents = text.split(/^---$/m).map((document) => ({ document, kind: document.match(/^kind: (\w+)$/m)?.[1] }));
  const join = (wanted: (kind: string) => boolean): string =>
    documents.flatMap(({ document, kind }) => (kind !== undefined && wanted(kind) ? [document] : [])).join("---");
  const isDefinition = (kind: string): boolean => kind === "CustomResourceDefinition";
  const isChartsOwn = (kind: string): boolean => kind === "Namespace" || kind === "Deployment";
  return { definitions: join(isDefinition), objects: join((kind) => !isDefinition(kind) && !isChartsOwn(kind)) };
}

async function manifestFiles(): Promise<Readonly<Record<string, string>>> {
  const version = (await goModuleVersion(goModules["cloudnative-pg"])).replace(/^v/, "");
  const folder = await requiredModuleFolder(goModules["cloudnative-pg"], module);
  const text = await readFile(join(folder, "releases", `cnpg-${version}.yaml`), "utf8");
  const { definitions, objects } = splitReleaseManifest(text);
  return { "files/definitions.yaml": definitions, "files/objects.yaml": objects };
}

/** The operator. Its chart isn't in the module, the release's manifest is. */
export const cloudnativePg: Part = {
  name: "cloudnative-pg",
  images: [
    clusterImage,
    {
      reference: "ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0",
      content: (request) => {
        const program = `operator/manager_${request.architecture}`;
        // Instances of another architecture would be given their own manager from here.
        const recipe = {
          module: goModules["cloudnative-pg"],
          programs: { [program]: "manager" },
          links: { manager: program },
        } as const;
        return goImageContent({ ...recipe, config: { entrypoint: ["/manager"], user: "65532:65532" } }, request);
      },
    },
  ],
  charts: [{ chart: charts.cloudnativePg, otherwise: { folder: "cloudnative-pg", files: manifestFiles } }],
};
