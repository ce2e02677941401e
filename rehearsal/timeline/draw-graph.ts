import type { ResourceGraph } from "./resource-graph.ts";
import type { ScheduledOperation } from "./schedule.ts";

export function drawGraph(_graph: ResourceGraph, _scheduled: readonly ScheduledOperation[]): string {
  return "";
}
