import { workload as schema, type WorkloadSettings } from "../../../settings/schema/workload.ts";
import type { AppManifest } from "../../manifest.ts";

/** An application of the user's own, from any image. */
export const workload = {
  schema,
  isNamedByKind: false,
  volumes: (name, { volumes }) =>
    Object.entries(volumes).map(([at, { storageClass }]) => ({
      what: `${name}'s ${at}`,
      path: ["volumes", at],
      storageClass,
    })),
  placement: ({ placement }) => placement,
  secrets: ({ secrets }) => secrets,
  calls: ({ calls }) => calls,
} satisfies AppManifest<WorkloadSettings>;
