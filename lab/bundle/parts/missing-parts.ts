import assert from "node:assert/strict";
import { type Bundle, missingFrom, type WantedArtifact } from "../../../components/host/bundle.ts";
import type { PartName } from "../../../components/settings/parts.ts";
import type { Architecture } from "../../toolchain/go-module.ts";
import { parseReference } from "../kubeadm-images.ts";
import { parts } from "./parts.ts";

/** Of the given parts (pure), those whose images or charts a bundle lacks. */
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
    return missingFrom(bundle, [...images, ...charts, ...files]).length > 0;
  };
  return names.filter(isMissing);
}
