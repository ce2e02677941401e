import type { WorkloadSettings } from "../../settings/schema/workload.ts";
import type { Probes } from "../workload-objects.ts";

const startupPeriod = 2;

/**
 * How a workload is asked whether it serves (pure): by its path, or whether its port is open. A program that doesn't answer for a minute is
 * started anew; one that says that it can't serve gets no requests meanwhile.
 */
export function probesOf({
  port,
  health,
  startSeconds,
}: Pick<WorkloadSettings, "port" | "health" | "startSeconds">): Probes | undefined {
  if (port === undefined) return undefined;
  const asked = { ...(health === undefined ? { tcpSocket: { port } } : { httpGet: { path: health, port } }) };
  const timeoutSeconds = 5;
  return {
    startup: {
      ...asked,
      timeoutSeconds,
      periodSeconds: startupPeriod,
      failureThreshold: Math.ceil(startSeconds / startupPeriod),
    },
    liveness: { ...asked, timeoutSeconds, periodSeconds: 10, failureThreshold: 6 },
    readiness: { ...asked, timeoutSeconds, periodSeconds: 5, failureThreshold: 2 },
  };
}
