import { charts } from "../../../components/platform/chart.ts";
import { goModules } from "../../toolchain/go-modules.ts";
import { goImageContent } from "../go-image.ts";
import type { Part, PartImage } from "./part.ts";

const image = (program: "controller" | "speaker"): PartImage => ({
  reference: `quay.io/metallb/${program}:v${charts.metallb.version}`,
  content: (request) =>
    goImageContent(
      { module: goModules.metallb, programs: { [program]: program }, config: { entrypoint: [`/${program}`] } },
      request,
    ),
});

/** Without FRR, as our values are layer 2 only; the chart lies in the module, with its resource definitions. */
export const metallb: Part = {
  name: "metallb",
  images: [image("controller"), image("speaker")],
  charts: [
    {
      chart: charts.metallb,
      otherwise: { module: goModules.metallb, within: "go.universe.tf/metallb", path: "charts/metallb" },
    },
  ],
};
