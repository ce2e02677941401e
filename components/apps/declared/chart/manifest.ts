import { type ChartSettings, chart as schema } from "../../../settings/schema/chart.ts";
import type { AppManifest } from "../../manifest.ts";

/** An application of the user's own, from a publisher's chart. */
export const chart = {
  schema,
  isNamedByKind: false,
  secrets: ({ secrets }) => secrets,
  calls: ({ calls }) => calls,
} satisfies AppManifest<ChartSettings>;
