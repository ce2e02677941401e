import type { ArtifactSource } from "../../host/artifacts/artifact-source.ts";
import { BundleError } from "../../host/bundle.ts";
import type { AppsSettings } from "../../settings/schema/apps.ts";
import { appsOf } from "../manifests.ts";

/** Throws for every chart of a declared application that the bundle lacks, where there is one: before anything is touched. */
export function refuseMissingCharts(apps: AppsSettings, { bundle }: ArtifactSource): void {
  if (bundle === undefined) return;
  const problems = appsOf(apps, "chart").flatMap(([app, { chart, version }]) => {
    const isThere = bundle.artifacts.some(
      (artifact) => artifact.kind === "chart" && artifact.name === chart && artifact.version === version,
    );
    return isThere ? [] : [`it has no chart ${chart} ${version}, which grappe:apps.${app} is`];
  });
  if (problems.length === 0) return;
  const fix = "Fix: where the internet is, `helm pull` them, and add them: ./grappe bundle add FILE.tgz";
  throw new BundleError(bundle.directory, problems, fix);
}
