import type { Bundle, BundleArtifact } from "../components/host/bundle.ts";
import type { PartName } from "../components/settings/part-names.ts";
import { parseReference } from "./bundle/kubeadm-images.ts";
import { parts } from "./bundle/parts/parts.ts";

const origins: Readonly<Record<BundleArtifact["origin"], string>> = {
  release: "official",
  source: "built here",
  "stand-in": "stand-in",
  added: "added by hand",
};

/** How an artifact came into the bundle, in a few words. */
const described = ({ origin, builtFrom }: BundleArtifact): string =>
  builtFrom === undefined ? origins[origin] : `${origins[origin]}: ${builtFrom}`;

/** Says (pure) of each part whether its images and charts are their publisher's, were built here, or only stand in. */
export function describeParts(bundle: Bundle, names: readonly PartName[]): string[] {
  const find = (kind: BundleArtifact["kind"], name: string, version: string) =>
    bundle.artifacts.find((one) => one.kind === kind && one.name === name && one.version === version);
  return parts
    .filter(({ name }) => names.includes(name))
    .flatMap(({ name, images, charts }) => {
      const ofImages = images.map(({ reference }) => {
        const { repository, tag } = parseReference(reference);
        return { what: reference, artifact: find("image", repository, tag) };
      });
      const ofCharts = charts.map(({ chart }) => ({
        what: `chart ${chart.name} ${chart.version}`,
        artifact: find("chart", chart.name, chart.version),
      }));
      return [...ofImages, ...ofCharts].map(
        ({ what, artifact }) => `${name}: ${what} (${artifact === undefined ? "missing" : described(artifact)})`,
      );
    });
}
