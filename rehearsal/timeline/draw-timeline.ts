import { criticalPath, type ScheduledOperation, totalSeconds } from "./schedule.ts";
import { CRITICAL, colourOf, type Drawing, escaped, textWidth } from "./svg-text.ts";

const ROW = 18;
const AXIS = 28;
const GAP = 6;
/** Least width of the whole duration, labels of the last bars not counted. */
const LEAST_SPAN = 1200;

export interface Bar {
  readonly operation: ScheduledOperation;
  readonly x: number;
  readonly width: number;
  readonly row: number;
}

/** Puts each operation into the first row in which it and its name have room. */
export function layOutBars(scheduled: readonly ScheduledOperation[], pixelsPerSecond: number): Bar[] {
  const ends: number[] = [];
  return scheduled
    .filter((operation) => operation.seconds > 0)
    .toSorted((a, b) => a.start - b.start || a.name.localeCompare(b.name))
    .map((operation) => {
      const x = operation.start * pixelsPerSecond;
      const width = Math.max(2, operation.seconds * pixelsPerSecond);
      const free = ends.findIndex((end) => end <= x);
      const row = free < 0 ? ends.length : free;
      ends[row] = x + Math.max(width, textWidth(operation.name) + 4) + GAP;
      return { operation, x, width, row };
    });
}

/** Distance of the axis' lines: about ten of them, in round numbers of seconds. */
function tickSeconds(total: number): number {
  return [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].find((step) => total / step <= 12) ?? 7200;
}

/** When everything happens, as bars from left to right, about `wanted` pixels wide; the critical path has a red edge. */
export function drawTimeline(scheduled: readonly ScheduledOperation[], wanted: number): Drawing {
  const span = Math.max(LEAST_SPAN, wanted);
  const total = totalSeconds(scheduled);
  const pixelsPerSecond = total === 0 ? 1 : span / total;
  const bars = layOutBars(scheduled, pixelsPerSecond);
  const critical = new Set(criticalPath(scheduled));
  const rows = Math.max(0, ...bars.map((bar) => bar.row + 1));
  const height = AXIS + rows * ROW;
  const width = Math.max(span, ...bars.map((bar) => bar.x + Math.max(bar.width, textWidth(bar.operation.name)))) + 20;
  const step = tickSeconds(total);
  const ticks = Array.from({ length: Math.floor(total / step) + 1 }, (_, index) => {
    const x = (index * step * pixelsPerSecond).toFixed(1);
    const line = `<line x1="${x}" y1="${AXIS - 6}" x2="${x}" y2="${height}" stroke="#e4e4e4"/>`;
    return `${line}<text x="${x}" y="${AXIS - 12}" fill="#777">${index * step} s</text>`;
  });
  const drawn = bars.map(({ operation, x, width: barWidth, row }) => {
    const y = AXIS + row * ROW;
    const edge = critical.has(operation) ? ` stroke="${CRITICAL}" stroke-width="1.5"` : "";
    const about = `${operation.kind} ${operation.name}, ${operation.type}: ${operation.start.toFixed(1)}–${operation.finish.toFixed(1)} s`;
    return [
      `<g><title>${escaped(about)}</title>`,
      `<rect x="${x.toFixed(1)}" y="${y}" width="${barWidth.toFixed(1)}" height="${ROW - 4}" rx="2" fill="${colourOf(operation.type)}"${edge}/>`,
      `<text x="${(x + 3).toFixed(1)}" y="${y + 11}">${escaped(operation.name)}</text></g>`,
    ].join("");
  });
  return { width, height, body: [...ticks, ...drawn].join("\n") };
}
