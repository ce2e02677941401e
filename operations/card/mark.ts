/** The comment by which a file on a card is known as ours. */
const mark = "# Written by grappe card";

/** The line that a file of ours carries: for which host it is, and what else its reader must know. */
export function markLine(host: string, note = ""): string {
  return `${mark} for ${host}.${note === "" ? "" : ` ${note}`}\n`;
}

/** The host that a file of ours was written for; undefined for a file of somebody else. */
export function markedHost(text: string): string | undefined {
  return text
    .split("\n", 2)
    .map((line) => /^# Written by grappe card for (\S+?)\.( |$)/.exec(line)?.[1])
    .find((host) => host !== undefined);
}
