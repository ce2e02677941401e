import type { Canary } from "../runtime/settings-files/canaries.ts";

/** Shorter texts turn up by chance. */
const SHORTEST_MARK = 12;

/** What to look for: the canaries, and the secrets that were made on the way. */
export function marksOf(canaries: readonly Canary[], generated: Iterable<string>): Set<string> {
  const marks = new Set(canaries.map((canary) => canary.mark));
  for (const text of generated) if (text.length >= SHORTEST_MARK) marks.add(text);
  return marks;
}

export interface Leak {
  readonly where: string;
  /** The first characters of what was found: enough to know it by, too few to use. */
  readonly beginning: string;
}

/** The mark as it may have been written: plain, in JSON, in base64 at any of its three alignments. */
export function spellings(mark: string): string[] {
  const aligned = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(mark)]).toString("base64");
    // The characters at both ends also hold bits of what stands beside the mark.
    return text
      .slice(offset === 0 ? 0 : offset + 1)
      .replace(/=+$/, "")
      .slice(0, -1);
  });
  const escaped = JSON.stringify(mark).slice(1, -1);
  return [...new Set([mark, escaped, ...aligned])];
}

/** Every place in which a mark stands in plain sight, once for each mark. */
export function findLeaks(
  marks: Iterable<string>,
  places: readonly { readonly where: string; readonly text: string }[],
): Leak[] {
  const needles = [...marks].map((mark) => ({ mark, forms: spellings(mark) }));
  // A state's backup is the state again: what was searched once needn't be searched twice.
  const distinct = new Map(places.toReversed().map((place) => [place.text, place]));
  const leaks = [...distinct.values()]
    .reverse()
    .flatMap(({ where, text }) =>
      needles
        .filter(({ forms }) => forms.some((form) => text.includes(form)))
        .map(({ mark }) => ({ where, beginning: `${mark.slice(0, 6)}…` })),
    );
  return [...new Map(leaks.map((leak) => [JSON.stringify(leak), leak])).values()];
}
