import { clusterSteps } from "./cluster-steps.ts";
import { hostSteps } from "./host-steps.ts";
import { objectSteps } from "./object-steps.ts";
import type { Step } from "./step.ts";

/** Every script that may be sent to a host, by the kind in its header line. */
export const steps: Readonly<Record<string, Step>> = { ...hostSteps, ...clusterSteps, ...objectSteps };
