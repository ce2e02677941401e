import assert from "node:assert/strict";
import { type Bundle, missingFrom, type WantedArtifact } from "../../../components/host/bundle.ts";
import type { PartName } from "../../../components/settings/part-names.ts";
import type { Architecture } from "../../../runtime/toolchain/go-module.ts";
import { parseReference } from "../kubeadm-images.ts";
import type { PartChart } from "./part.ts";
import { parts } from "./parts.ts";
import { standInSource } from "./stand-in-chart.ts";

/** Whether a bundle has a stand-in for a chart that was made of other files than this program's. */
function isOfAnother({ artifacts }: Bundle, { chart, otherwise }: PartChart): boolean {
  if (!("folder" in otherwise)) return false;
  const source = standInSource(otherwise);
  return artifacts.some(
    ({ name, kind, version, origin, builtFrom }) =>
      kind === "chart" &&
      name === chart.name &&
      version === chart.version &&
      origin === "stand-in" &&
      builtFrom !== source,
  );
}

/** Of the given parts, those whose images or charts a bundle lacks, or has a stand-in for that an earlier program made. */
export function missingParts(bundle: Bundle, names: readonly PartName[], architecture: Architecture): PartName[] {
  const isMissing = (name: PartName): boolean => {
    const part = parts.find((each) => each.name === name);
    assert(part !== undefined, `lab/bundle/parts has no part ${name}`);
    const images = part.images.map(({ reference }): WantedArtifact => {
      const { repository, tag } = parseReference(reference);
      return { name: repository, version: tag, kind: "image", architecture };
    });
    const charts = part.charts.map(
      ({ chart }): WantedArtifact => ({ name: chart.name, version: chart.version, kind: "chart", architecture }),
    );
    const files = (part.files ?? []).map(
      (file): WantedArtifact => ({ name: file.name, version: file.version, kind: "archive", architecture }),
    );
    const isOutdated = part.charts.some((chart) => isOfAnother(bundle, chart));
    return isOutdated || missingFrom(bundle, [...images, ...charts, ...files]).length > 0;
  };
  return names.filter(isMissing);
}
