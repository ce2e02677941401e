import { amongOwn, type NetworkFlow } from "../../platform/network-flows.ts";
import type { Ingress } from "../../platform/platform.ts";
import type { WorkloadSettings } from "../../settings/schema/workload.ts";
import { exposedFlow } from "../exposed-flow.ts";

export interface Askers {
  /** Namespaces of the applications that say that they call it. */
  readonly callers: readonly string[];
  readonly ingress?: Pick<Ingress, "namespace">;
}

/**
 * What a declared workload's pods may (pure): they are asked by each other, by who calls them and by what they are exposed to, and ask whom
 * they want, as nobody here knows what somebody else's program needs from outside.
 */
export function workloadFlows(
  { port, expose }: Pick<WorkloadSettings, "port" | "expose">,
  { callers, ingress }: Askers,
): readonly NetworkFlow[] {
  const called = callers.map((namespace): NetworkFlow => {
    return { direction: "in", peer: { namespace }, why: `${namespace} says that it calls it` };
  });
  return [
    ...amongOwn,
    { direction: "out", peer: "anyone", why: "it asks whom it wants" },
    ...called,
    ...(port === undefined ? [] : exposedFlow(expose, port, ingress)),
  ];
}
