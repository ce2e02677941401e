import { drawTimeline } from "./draw-timeline.ts";
import { layered } from "./layered-graph.ts";
import type { ResourceGraph } from "./resource-graph.ts";
import { criticalPath, type ScheduledOperation } from "./schedule.ts";
import { CRITICAL, colourOf, type Drawing, escaped, textWidth } from "./svg-text.ts";

const BOX = 18;
const ROW = 24;
const BETWEEN_COLUMNS = 46;
const MARGIN = 24;

/** Who waits for whom, from left to right; the critical path is red. */
function drawDependencies(graph: ResourceGraph, scheduled: readonly ScheduledOperation[]): Drawing {
  const { layers, edges } = layered(graph);
  const critical = new Set(criticalPath(scheduled).map((operation) => operation.urn));
  const tallest = Math.max(1, ...layers.map((layer) => layer.length));
  const boxes = new Map<string, { x: number; y: number; width: number }>();
  let x = 0;
  for (const layer of layers) {
    const width = Math.max(40, ...layer.map((resource) => textWidth(resource.name) + 10));
    const top = ((tallest - layer.length) * ROW) / 2;
    layer.forEach((resource, index) => {
      boxes.set(resource.urn, { x, y: top + index * ROW, width });
    });
    x += width + BETWEEN_COLUMNS;
  }
  const lines = edges.flatMap(({ from, to }) => {
    const [a, b] = [boxes.get(from), boxes.get(to)];
    if (a === undefined || b === undefined) return [];
    const [x1, y1, x2, y2] = [a.x + a.width, a.y + BOX / 2, b.x, b.y + BOX / 2];
    const bend = Math.min(60, (x2 - x1) / 2);
    const isCritical = critical.has(from) && critical.has(to);
    const style = isCritical ? `stroke="${CRITICAL}" stroke-width="1.5"` : 'stroke="#bbb"';
    return [`<path d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" fill="none" ${style}/>`];
  });
  const drawn = layers.flat().flatMap((resource) => {
    const box = boxes.get(resource.urn);
    if (box === undefined) return [];
    const edge = critical.has(resource.urn) ? CRITICAL : "#999";
    return [
      `<g><title>${escaped(`${resource.name}, ${resource.type}`)}</title>` +
        `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${BOX}" rx="3" fill="${colourOf(resource.type)}" stroke="${edge}"/>` +
        `<text x="${box.x + 5}" y="${box.y + 13}">${escaped(resource.name)}</text></g>`,
    ];
  });
  return { width: x, height: tallest * ROW, body: [...lines, ...drawn].join("\n") };
}

/** An SVG with the timeline of a run above and its dependency graph below. */
export function drawGraph(title: string, graph: ResourceGraph, scheduled: readonly ScheduledOperation[]): string {
  const dependencies = drawDependencies(graph, scheduled);
  const timeline = drawTimeline(scheduled, dependencies.width - 150);
  const width = Math.ceil(Math.max(timeline.width, dependencies.width) + 2 * MARGIN);
  const timelineTop = MARGIN + 40;
  const graphTop = timelineTop + timeline.height + 60;
  const height = Math.ceil(graphTop + dependencies.height + MARGIN);
  const heading = (text: string, y: number): string =>
    `<text x="${MARGIN}" y="${y}" font-size="15" font-weight="600">${escaped(text)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11" fill="#222">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    heading(`${title}: when everything happens (simulated; the critical path in red)`, MARGIN + 14),
    `<g transform="translate(${MARGIN} ${timelineTop})">${timeline.body}</g>`,
    heading(`${title}: who waits for whom`, graphTop - 18),
    `<g transform="translate(${MARGIN} ${graphTop})">${dependencies.body}</g>`,
    "</svg>",
    "",
  ].join("\n");
}
