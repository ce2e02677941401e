import type { Step } from "./step.ts";

/** Every script that may be sent to a host, by the kind in its header line. */
export const steps: Readonly<Record<string, Step>> = {
  preflight: () => ({ seconds: 3 }),
};
