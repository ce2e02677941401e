import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { ownOpenstackProvider } from "../../lab/cloud/stack/openstack-provider.ts";
import { DeclarationReader } from "../../runtime/provider-protocol/input-types/declaration-reader.ts";
import type { DeclaredObject } from "../../runtime/provider-protocol/input-types/declared-type.ts";

interface Property {
  readonly input: boolean;
  readonly list: boolean;
  readonly nested?: Properties;
}
type Properties = Readonly<Record<string, Property>>;

const sdk = dirname(createRequire(import.meta.url).resolve("@pulumi/openstack/package.json"));
const modules = ["compute", "images", "networking"];
const reader = new DeclarationReader(sdk);
let names: Readonly<Record<string, Properties>>;

beforeAll(async () => {
  const { stdout } = await promisify(execFile)(await ownOpenstackProvider(), ["-names"]);
  names = JSON.parse(stdout);
}, 900_000);

/** The tokens of the SDK's modules that sites are made of. */
async function sdkTokens(): Promise<string[]> {
  const tokens = await Promise.all(
    modules.map(async (module) => {
      const files = (await readdir(join(sdk, module))).filter(
        (file) => file.endsWith(".d.ts") && file !== "index.d.ts",
      );
      return files.map((file) => {
        const member = file.replace(/\.d\.ts$/, "");
        const isFunction = /^get[A-Z]/.test(member);
        const name = isFunction ? member : member.charAt(0).toUpperCase() + member.slice(1);
        return `openstack:${module}/${member}:${name}`;
      });
    }),
  );
  return tokens.flat().toSorted();
}

/** What the SDK declares of an interface, in the words of the provider's `-names`. */
function declared(object: DeclaredObject | undefined): Properties {
  return Object.fromEntries(
    Object.entries(object?.properties ?? {}).map(([name, { type }]) => {
      const inner = type.kind === "array" ? type.element : type;
      const nested = inner.kind === "object" ? { nested: declared(reader.objects[inner.name]) } : {};
      return [name, { input: true, list: type.kind === "array", ...nested }];
    }),
  );
}

/** The arguments among the properties; of the objects in them the SDK declares every property, computed ones too. */
function argumentsOf(properties: Properties, isNested = false): Properties {
  const kept = Object.entries(properties).filter(([, { input }]) => input || isNested);
  return Object.fromEntries(
    kept.map(([name, { list, nested }]) => [
      name,
      { input: true, list, ...(nested === undefined ? {} : { nested: argumentsOf(nested, true) }) },
    ]),
  );
}

describe("the provider that is built from its modules", () => {
  it("has exactly the resources and functions of the SDK's modules", async () => {
    expect(Object.keys(names).toSorted()).toEqual(await sdkTokens());
  });

  it("takes the arguments that the SDK declares, by the same names and in the same shapes", async () => {
    for (const token of await sdkTokens()) {
      const [, file = "", name = ""] = token.split(":");
      const args = reader.read(`${file}.d.ts`, `${name.charAt(0).toUpperCase()}${name.slice(1)}Args`);
      expect(argumentsOf(names[token] ?? {}), token).toEqual(declared(reader.objects[args]));
    }
  });

  it("gives every result of the SDK's functions", async () => {
    const functions = (await sdkTokens()).filter((token) => /:get[A-Z]\w+$/.test(token));
    expect(functions.length).toBeGreaterThan(20);
    for (const token of functions) {
      const [, file = "", name = ""] = token.split(":");
      const result = reader.read(`${file}.d.ts`, `G${name.slice(1)}Result`);
      // The bridge adds the id.
      const given = [...Object.keys(names[token] ?? {}), "id"];
      expect(given, token).toEqual(expect.arrayContaining(Object.keys(reader.objects[result]?.properties ?? {})));
    }
  });
});
