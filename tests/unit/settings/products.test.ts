import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../components/settings/parse.ts";
import type { Problem } from "../../../components/settings/problem.ts";
import { readProducts } from "../../../components/settings/products/product-list.ts";
import { readProjectFile } from "../../../components/settings/project-file.ts";
import { problemsOf, stackConfig, stackFileConfig } from "./stack-files.ts";

describe("a list of products", () => {
  it.each([
    ["commas", 'name,price,tax\n"Tea, green","2,50",19\n'],
    [
      "semicolons, a mark of the byte order, carriage returns",
      "\uFEFFName;Price;Tax\r\nTea, green;2,50;19 %\r\n;;\r\n",
    ],
    ["tabs and another order", "tax\tprice\tname\n19%\t2.50\tTea, green"],
  ])("with %s", (_what, text) => {
    expect(readProducts(text)).toEqual({ products: [{ name: "Tea, green", price: "2.50", tax: "19" }], problems: [] });
  });

  it("has a category and a barcode where they are written", () => {
    const { products } = readProducts("name,price,category,barcode,tax\nTea,2,Drinks,4006381333931,\nMug,9.9,,,5.5\n");
    expect(products).toEqual([
      { name: "Tea", price: "2", category: "Drinks", barcode: "4006381333931" },
      { name: "Mug", price: "9.9", tax: "5.5" },
    ]);
  });

  const wrong: readonly [string, string, number | undefined, RegExp, RegExp][] = [
    ["nothing", "", undefined, /is empty/, /name,price/],
    ["no names of columns", "Espresso,2.20\n", 1, /column "espresso"/, /Known are name, price/],
    ["a column that is misspelt", "name,prise\nTea,2", 1, /column "prise"/, /Did you mean price\?/],
    ["a column twice", "name,price,price\nTea,2,3", 1, /two columns price/, /Remove/],
    ["no price", "name,price\nTea,2\nMug,\n", 3, /has no price/, /remove the line/],
    ["no name", "name,price\n,2\n", 2, /has no name/, /Write one/],
    ["a currency", "name,price\n\nTea,2 €\n", 3, /"2 €" isn't a price/, /number alone/],
    ["a decimal comma between commas", "name,price\nTea,2,50\n", 2, /has 3 cells, the first line 2/, /quotation marks/],
    ["a negative price", "name,price\nTea,-2\n", 2, /isn't a price/, /2\.50/],
    [
      "a barcode that a spreadsheet shortened",
      "name,price,barcode\nTea,2,4.00638E+12\n",
      2,
      /isn't a barcode/,
      /text first/,
    ],
    ["a tax in words", "name,price,tax\nTea,2,full\n", 2, /"full" isn't a tax/, /percent/],
    ["a name twice", "name,price\nTea,2\nTea,3\n", 3, /"Tea" is the name of line 2/, /another/],
    ["a barcode twice", "name,price,barcode\nTea,2,77\nMug,3,77\n", 3, /is the barcode of line 2/, /another/],
    ["a mark that isn't closed", 'name,price\n"Tea,2\n', expect.any(Number), /quotation mark/, /twice/],
    ["a name of two lines", 'name,price\n"Tea\ngreen",2\n', 3, /isn't a name/, /one line/],
    [
      "too many",
      `name,price\n${Array.from({ length: 1001 }, (_, n) => `P${n},1`).join("\n")}`,
      undefined,
      /1001/,
      /import/,
    ],
  ];

  it.each(wrong)("with %s is refused", (_what, text, line, reason, fix) => {
    const { products, problems } = readProducts(text);
    expect(products).toEqual([]);
    expect(problems[0]?.line).toEqual(line);
    expect(problems[0]?.reason).toMatch(reason);
    expect(problems[0]?.fix).toMatch(fix);
  });

  it("counts the problems that would fill the screen", () => {
    const { problems } = readProducts(
      `name,price\n${"Tea,free\n".repeat(1)}${Array.from({ length: 30 }, (_, n) => `P${n},x`).join("\n")}`,
    );
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)?.reason).toBe("has 21 more such problems.");
  });
});

describe("the file that the settings name", () => {
  const config = (readFile: (path: string) => Uint8Array) => ({ ...stackConfig(stackFileConfig("pi")), readFile });
  const path = "grappe:apps.odoo.pointOfSale.products";

  it("is read from the folder that holds Pulumi.yaml", () => {
    const { odoo: products = [] } = parseSettings(config(readProjectFile)).products;
    expect(products[0]).toEqual({ name: "Espresso", price: "2.20", category: "Coffee", tax: "19" });
    expect(products).toHaveLength(readFileSync("products.csv", "utf8").trim().split("\n").length - 1);
  });

  const system = (code: string) => () => {
    throw Object.assign(new Error(code), { code });
  };
  const refused: readonly [string, (path: string) => Uint8Array, Problem][] = [
    [
      "isn't there",
      system("ENOENT"),
      { path, reason: "products.csv isn't there.", fix: expect.stringMatching(/begins at the folder/) },
    ],
    [
      "is a folder",
      system("EISDIR"),
      { path, reason: "products.csv can't be read (EISDIR).", fix: expect.any(String) },
    ],
    [
      "is of another encoding",
      () => Buffer.from("name,price\nCaf\xe9,2\n", "latin1"),
      { path, reason: "products.csv isn't UTF-8.", fix: expect.stringMatching(/CSV UTF-8/) },
    ],
    [
      "has a line that is wrong",
      () => Buffer.from("name,price\nTea,x\n"),
      { path, reason: `products.csv, line 2, "x" isn't a price.`, fix: expect.any(String) },
    ],
  ];

  it.each(refused)("%s: file, line, reason and fix", (_what, readFile, problem) => {
    expect(problemsOf(config(readFile))).toEqual([problem]);
  });

  it("a fault of our own isn't taken for one of the file", () => {
    const fault = () => {
      throw new RangeError("ours");
    };
    expect(() => problemsOf(config(fault))).toThrow("ours");
  });
});
