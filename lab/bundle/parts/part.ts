import type { PinnedFile } from "../../../components/host/artifacts/catalogue.ts";
import type { Chart } from "../../../components/host/artifacts/chart.ts";
import type { PartName } from "../../../components/settings/part-names.ts";
import type { GoModule } from "../../../runtime/toolchain/go-module-definition.ts";
import type { FillRequest } from "../fill.ts";
import type { ImageContent } from "../packed-image.ts";

/** An image of a part, and how it is made on this computer where its registry isn't reached. */
export interface PartImage {
  /** The name, with registry and tag, that the part's chart or workload asks for. */
  readonly reference: string;
  /** `stand-in`: a program of ours that does another one's work; default: the same program, built here. */
  readonly madeAs?: "stand-in";
  readonly content: (request: FillRequest) => Promise<ImageContent>;
}

/** The publisher's own chart: it lies in a Go module beside the program's code. */
export interface ModuleChart {
  readonly module: GoModule;
  /** The module, among the requirements, that holds it. */
  readonly within: string;
  /** The chart's folder in that module. */
  readonly path: string;
}

/** A chart of ours in `lab/charts`: it takes the values that we give to the real one, and no others. */
export interface StandInChart {
  readonly folder: string;
  /** Files that belong to it and lie in a Go module: path in the chart to the file's text. */
  readonly files?: () => Promise<Readonly<Record<string, string>>>;
}

/** A chart of a part, and where it comes from where its repository isn't reached. */
export interface PartChart {
  readonly chart: Chart;
  readonly otherwise: ModuleChart | StandInChart;
}

/**
 * What the platform or an application needs of a bundle, beside Kubernetes itself. From releases a bundle takes images and charts
 * from their publishers; from source it makes them as said here.
 */
export interface Part {
  /** Hosts take the part's images only if the settings want the part. */
  readonly name: PartName;
  readonly images: readonly PartImage[];
  readonly charts: readonly PartChart[];
  /** Files of their publishers, which are fetched and never made. */
  readonly files?: readonly PinnedFile[];
}
