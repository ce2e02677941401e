import { duration } from "./report.ts";

/** What was measured with so many agents; seconds of wall time, but for the simulated ones. */
export interface BenchRow {
  readonly agents: number;
  readonly resources: number;
  /** Of the state, as it lies in the backend. */
  readonly stateBytes: number;
  readonly startUp: number;
  readonly preview: number;
  readonly up: number;
  readonly noOp: number;
  readonly simulatedSeconds: number;
}

/** The rows as a Markdown table. */
export function benchTable(rows: readonly BenchRow[]): string {
  const lines = rows.map(({ agents, resources, stateBytes, startUp, preview, up, noOp, simulatedSeconds }) => {
    const seconds = [startUp, preview, up, noOp].map((value) => `${value.toFixed(1)} s`);
    return `| ${[agents, resources, `${(stateBytes / 1e6).toFixed(1)} MB`, ...seconds, duration(simulatedSeconds)].join(" | ")} |`;
  });
  return [
    "| Agents | Resources | State | Start-up | Preview | Up | No-op | Simulated bring-up |",
    "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ...lines,
  ].join("\n");
}
