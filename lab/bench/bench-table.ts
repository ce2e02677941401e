/** What one size of a lab was measured with; seconds of wall time. */
export interface BringUpTimes {
  /** Such as `1+2`: servers and agents. */
  readonly size: string;
  readonly floor: number;
  readonly ours: number;
  readonly noOp: number;
  /** Adding one agent; measured with one size only. */
  readonly agentAdded?: number;
}

/** The most that a bring-up may take, as a multiple of the floor. */
const ratioTarget = 1.25;
const noOpTarget = 5;
const agentTarget = 15;

const seconds = (value: number): string => value.toFixed(1);

function verdict(isMet: boolean): string {
  return isMet ? "met" : "missed";
}

interface Row {
  readonly what: string;
  readonly floor: string;
  readonly ours: string;
  readonly ratio: string;
  readonly target: string;
  readonly isMet: boolean;
}

function rowsOf(times: readonly BringUpTimes[]): readonly Row[] {
  const timed = (what: string, value: number, target: number): Row => {
    const isMet = value < target;
    return { what, floor: "", ours: seconds(value), ratio: "", target: `< ${target} s`, isMet };
  };
  return times.flatMap(({ size, floor, ours, noOp, agentAdded }) => [
    {
      what: `bring-up ${size}`,
      floor: seconds(floor),
      ours: seconds(ours),
      ratio: (ours / floor).toFixed(2),
      target: `≤ ${ratioTarget}`,
      isMet: ours <= ratioTarget * floor,
    },
    timed(`second up ${size}, nothing to do`, noOp, noOpTarget),
    ...(agentAdded === undefined ? [] : [timed(`agent added to ${size}`, agentAdded, agentTarget)]),
  ]);
}

/** The measurements as a Markdown table. */
export function bringUpTable(times: readonly BringUpTimes[]): string {
  const lines = rowsOf(times).map(
    ({ what, floor, ours, ratio, target, isMet }) =>
      `| ${[what, floor, ours, ratio, target, verdict(isMet)].join(" | ")} |`,
  );
  return ["| | Floor, s | Ours, s | Ratio | Target | |", "|---|---:|---:|---:|---:|---|", ...lines].join("\n");
}

/** Whether every target is met. */
export function areTargetsMet(times: readonly BringUpTimes[]): boolean {
  return rowsOf(times).every(({ isMet }) => isMet);
}
