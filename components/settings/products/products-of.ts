import { appsOf } from "../../apps/manifests.ts";
import type { Problem } from "../problem.ts";
import type { Rooms } from "../schema/rooms.ts";
import { settingPath } from "../setting-path.ts";
import type { StackConfig } from "../stack-config.ts";
import { type Product, readProducts } from "./product-list.ts";

interface Listed {
  /** By application. */
  readonly products: Readonly<Record<string, readonly Product[]>>;
  readonly problems: readonly Problem[];
}

/** Each till's first products, of the file that its settings name; none where no files are read. */
export function productsOf({ readFile }: Pick<StackConfig, "readFile">, { apps }: Partial<Rooms>): Listed {
  const listed = appsOf(apps ?? {}, "odoo").map(([name, { pointOfSale }]) => {
    const path = settingPath("apps", [name, "pointOfSale", "products"]);
    return [name, listOf(path, pointOfSale?.products, readFile)] as const;
  });
  return {
    products: Object.fromEntries(listed.map(([name, { products }]) => [name, products])),
    problems: listed.flatMap(([, { problems }]) => problems),
  };
}

function listOf(path: string, file: string | undefined, readFile: StackConfig["readFile"]) {
  if (file === undefined || readFile === undefined) return { products: [], problems: [] };
  const text = textOf(file, readFile);
  if (typeof text !== "string") return { products: [], problems: [{ path, ...text }] };
  const { products, problems } = readProducts(text);
  return {
    products,
    problems: problems.map(({ line, reason, fix }) => ({
      path,
      reason: `${file}${line === undefined ? "" : `, line ${line},`} ${reason}`,
      fix,
    })),
  };
}

function textOf(file: string, readFile: (path: string) => Uint8Array): string | Omit<Problem, "path"> {
  let bytes: Uint8Array;
  try {
    bytes = readFile(file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && typeof error.code === "string")) throw error;
    const reason = error.code === "ENOENT" ? "isn't there" : `can't be read (${error.code})`;
    return { reason: `${file} ${reason}.`, fix: "Correct the path: it begins at the folder that holds Pulumi.yaml." };
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { reason: `${file} isn't UTF-8.`, fix: "Save it as “CSV UTF-8”, as spreadsheets call it." };
  }
}
