import { type Answer, type Question, refusal } from "./http-service.ts";

/** Where a pod of the edge application runs, and why there. */
export interface Position {
  readonly pod: string;
  readonly node: string;
  /** The node labels that its placement asks for. */
  readonly placement: Readonly<Record<string, string>>;
}

/** Reads a placement from its JSON text. Throws where that is no object of strings. */
export function parsePlacement(text: string): Record<string, string> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("PLACEMENT is no JSON object");
  const labels: Record<string, string> = {};
  for (const [name, label] of Object.entries(value)) {
    if (typeof label !== "string") throw new Error(`PLACEMENT: the label ${name} is no text`);
    labels[name] = label;
  }
  return labels;
}

/** Answers `GET /` with the place where it runs. */
export function edgeService(position: Position): (question: Question) => Answer {
  return ({ url }) =>
    url.pathname === "/" ? { status: 200, body: position } : refusal(404, "not-found", "only / is served here");
}
