/** A text as it may stand in SVG. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Pixels that a character of the drawings' font (11 px) takes, on average. */
const CHARACTER = 6.2;

export function textWidth(text: string): number {
  return text.length * CHARACTER;
}

/** One colour per provider, readable under dark text. */
const COLOURS: Readonly<Record<string, string>> = {
  openstack: "#f2b8a0",
  command: "#a9c9e8",
  kubernetes: "#b9dbb0",
  random: "#e3d3a3",
  pulumi: "#d5cde6",
};

export function colourOf(type: string): string {
  return COLOURS[type.split(":")[0] ?? ""] ?? "#dddddd";
}

export const CRITICAL = "#c0392b";

/** A drawing of some size, to be put into another one. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly body: string;
}
