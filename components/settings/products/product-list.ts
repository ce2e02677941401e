import { nearest } from "../nearest.ts";
import { type LineProblem, readTable, type TableLine } from "./product-table.ts";

/** A product of the till, as the shop's list has it. */
export interface Product {
  readonly name: string;
  /** What a customer pays, in the company's currency, such as `2.50`. */
  readonly price: string;
  readonly category?: string;
  readonly barcode?: string;
  /** Percent that are in the price. */
  readonly tax?: string;
}

const columns = ["name", "price", "category", "barcode", "tax"] as const;
type Column = (typeof columns)[number];
type Row = Readonly<Partial<Record<Column, string>>>;

/** Helm keeps a release in one object, which the API limits; more of them are imported in Odoo. */
const most = 1000;
/** Of problems; the rest is counted. */
const mostShown = 10;

const exampleHeader = "name,price,category,barcode,tax";

interface Read {
  readonly products: readonly Product[];
  readonly problems: readonly LineProblem[];
}

/** Reads (pure) the list of a till's first products: CSV, its first line the columns' names. */
export function readProducts(text: string): Read {
  const table = readTable(text);
  if (!("lines" in table)) return { products: [], problems: [table] };
  const [header, ...lines] = table.lines;
  if (header === undefined)
    return refused({
      reason: "is empty.",
      fix: `Write ${exampleHeader} into its first line, and a product into each other.`,
    });
  const problems = headerProblems(header);
  if (problems.length > 0) return { products: [], problems };
  if (lines.length > most)
    return refused({
      reason: `has ${lines.length} products; the till's first ones are at most ${most}.`,
      fix: "Shorten it, and import the rest in Odoo: Point of Sale, Products, Import records.",
    });
  const names = header.cells.map((cell) => cell.toLowerCase());
  const rows = lines.map((line) => ({ line, row: rowOf(names, line) }));
  const found = [...rows.flatMap(({ line, row }) => lineProblems(header, line, row)), ...repeated(rows)];
  return found.length > 0
    ? { products: [], problems: shortened(found.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))) }
    : { products: rows.map(({ row }) => productOf(row)), problems: [] };
}

const refused = (problem: LineProblem): Read => ({ products: [], problems: [problem] });

function headerProblems({ number: line, cells }: TableLine): readonly LineProblem[] {
  const names = cells.map((cell) => cell.toLowerCase());
  const isKnown = (name: string) => columns.some((column) => column === name);
  const missing = ["name", "price"].filter((column) => !names.includes(column));
  return [
    ...names
      .filter((name) => !isKnown(name))
      .map((name) => {
        const meant = nearest(name, columns);
        const fix = `${meant === undefined ? "Remove it" : `Did you mean ${meant}`}${meant === undefined ? "." : "?"} Known are ${columns.join(", ")}.`;
        return { line, reason: `has a column ${quoted(name)}, which nothing reads.`, fix };
      }),
    ...names
      .filter((name, index) => isKnown(name) && names.indexOf(name) !== index)
      .map((name) => ({ line, reason: `has two columns ${name}.`, fix: "Remove one of them." })),
    ...missing.map((column) => ({
      line,
      reason: `has no column ${column}: the first line names the columns.`,
      fix: `Write such as ${exampleHeader}.`,
    })),
  ];
}

function rowOf(names: readonly string[], { cells }: TableLine): Row {
  const filled = columns.flatMap((column) => {
    const cell = cells[names.indexOf(column)] ?? "";
    return cell === "" ? [] : [[column, cell] as const];
  });
  return Object.fromEntries(filled);
}

/** Text from somebody's file, as a message may show it. */
const quoted = (text: string) => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

const label = /^[^\p{Cc}]{1,120}$/u;
const isLabel = (text: string) => label.test(text);

/** What a cell may be, why not, and what to write. */
const cellRules: Readonly<
  Record<Column, { readonly fits: (cell: string) => boolean; readonly not: string; readonly fix: string }>
> = {
  name: { fits: isLabel, not: "a name", fix: "Write up to 120 letters on one line." },
  price: {
    fits: (cell) => /^\d{1,7}([.,]\d{1,2})?$/.test(cell),
    not: "a price",
    fix: "Write what a customer pays as a number alone, such as 2.50 or 2,50; with a comma between quotation marks, where commas part the cells.",
  },
  category: { fits: isLabel, not: "a category's name", fix: "Write up to 120 letters on one line." },
  barcode: {
    fits: (cell) => /^(?!\d+([.,]\d+)?[eE]\+?\d+$)[\w.-]{1,48}$/.test(cell),
    not: "a barcode",
    fix: "Write its digits or letters without blanks; in a spreadsheet make the column text first, or it shortens long numbers.",
  },
  tax: {
    fits: (cell) => /^\d{1,2}([.,]\d{1,3})? ?%?$/.test(cell),
    not: "a tax",
    fix: "Write the percent that are in the price, such as 19 or 5.5; leave it empty where there is none.",
  },
};

function lineProblems(header: TableLine, { number: line, cells }: TableLine, row: Row): readonly LineProblem[] {
  if (cells.length > header.cells.length)
    return [
      {
        line,
        reason: `has ${cells.length} cells, the first line ${header.cells.length}.`,
        fix: 'Put a cell that has a comma in it between quotation marks, such as "2,50".',
      },
    ];
  return columns.flatMap((column) => {
    const cell = row[column];
    if (cell === undefined)
      return column === "name" || column === "price"
        ? [{ line, reason: `has no ${column}.`, fix: "Write one, or remove the line." }]
        : [];
    const { fits, not, fix } = cellRules[column];
    return fits(cell) ? [] : [{ line, reason: `${quoted(cell)} isn't ${not}.`, fix }];
  });
}

/** Products are known by their names, and Odoo takes a barcode once. */
function repeated(rows: readonly { readonly line: TableLine; readonly row: Row }[]): readonly LineProblem[] {
  const seen = new Map<string, number>();
  return rows.flatMap(({ line, row }) =>
    (["name", "barcode"] as const).flatMap((column): readonly LineProblem[] => {
      const cell = row[column];
      if (cell === undefined) return [];
      const key = `${column} ${cell}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, line.number);
      return first === undefined
        ? []
        : [
            {
              line: line.number,
              reason: `${quoted(cell)} is the ${column} of line ${first}, too.`,
              fix: "Write another one.",
            },
          ];
    }),
  );
}

function shortened(problems: readonly LineProblem[]): readonly LineProblem[] {
  const more = problems.length - mostShown;
  if (more <= 0) return problems;
  const rest = { reason: `has ${more} more such problems.`, fix: "Correct those above, and look again." };
  return [...problems.slice(0, mostShown), rest];
}

function productOf(row: Row): Product {
  const number = (cell: string) => cell.replace(/ ?%$/, "").replace(",", ".");
  const { name = "", price = "", tax, ...others } = row;
  return { name, price: number(price), ...others, ...(tax === undefined ? {} : { tax: number(tax) }) };
}
