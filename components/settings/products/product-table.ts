import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";

/** A line of a file that was read: its cells, and where it ends. */
export interface TableLine {
  readonly number: number;
  readonly cells: readonly string[];
}

/** What is wrong with a line; with the file where it is wrong as a whole. */
export interface LineProblem {
  readonly line?: number;
  readonly reason: string;
  readonly fix: string;
}

const records = z.array(z.object({ record: z.array(z.string()), info: z.looseObject({ lines: z.int() }) }));

/** Spreadsheets of most countries whose decimals have a comma put semicolons between the cells. */
function delimiterOf(text: string): string {
  const [header = ""] = text.split(/\r?\n/, 1);
  return [";", "\t"].find((delimiter) => header.includes(delimiter)) ?? ",";
}

/** Takes a CSV file apart (pure): cells between commas, semicolons or tabs, whichever the first line has. */
export function readTable(text: string): { readonly lines: readonly TableLine[] } | LineProblem {
  const options = { bom: true, delimiter: delimiterOf(text), info: true, relax_column_count: true, trim: true };
  try {
    const read = records.parse(parse(text, { ...options, skip_empty_lines: true }));
    const lines = read.map(({ record, info }) => ({ number: info.lines, cells: record }));
    return { lines: lines.filter(({ cells }) => cells.some((cell) => cell !== "")) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = z.object({ lines: z.int() }).safeParse(error).data?.lines;
    return {
      ...(line === undefined ? {} : { line }),
      reason: "has a quotation mark that doesn't fit: one opens and closes a whole cell.",
      fix: 'Write a mark inside of a cell twice, and the cell between marks, such as "Croissant ""beurre""".',
    };
  }
}
