import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { lastingChoices, lastingProblems, madeWith } from "../../../components/settings/lasting/made-with.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { machinesSite } from "../../../components/settings/schema/machines-site.ts";
import { openstackSite } from "../../../components/settings/schema/openstack-site.ts";
import { rooms } from "../../../components/settings/schema/rooms.ts";
import { secrets } from "../../../components/settings/schema/secrets.ts";
import { laterChanges } from "../settings/later-changes.ts";
import { type Config, everySecret, stackConfig } from "../settings/stack-files.ts";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly const?: unknown;
}

const kindOf = ({ properties }: Schema) => properties?.kind?.const;

/** Without the kinds that a name stands for: their settings are told of once, under that name. */
function unnamed(schema: Schema, names: readonly string[]): Schema {
  const others = (kinds: readonly Schema[]) => kinds.filter((kind) => !names.includes(String(kindOf(kind))));
  const { anyOf, oneOf } = schema;
  return { ...schema, ...(anyOf && { anyOf: others(anyOf) }), ...(oneOf && { oneOf: others(oneOf) }) };
}

/** The settings under a path, as the documentation writes them: `site.hosts[].name`. */
function settingsIn(path: string, schema: Schema): readonly string[] {
  const { properties, items, additionalProperties: values } = schema;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.flatMap((one) => settingsIn(path, one));
  if (properties !== undefined) {
    const names = Object.keys(properties);
    const others = typeof values === "object" ? settingsIn(`${path}.*`, unnamed(values, names)) : [];
    const own = Object.entries(properties).filter(([name, one]) => name !== "kind" || !path.endsWith(`.${one.const}`));
    return [...own.flatMap(([name, one]) => settingsIn(`${path}.${name}`, one)), ...others];
  }
  const [entry, inner] = items !== undefined ? [`${path}[]`, items] : [`${path}.*`, values];
  const found = typeof inner === "object" ? settingsIn(entry, inner) : [];
  // A list or a map of plain values is one setting.
  return found.some((setting) => setting !== entry) ? found : [path];
}

const jsonSchema = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" }) as Schema;

/** Every setting that there is; a site's with its kind before it. */
function everySetting(): ReadonlySet<string> {
  const { site: _, ...others } = rooms;
  return new Set([
    ...settingsIn("machines site", jsonSchema(machinesSite)),
    ...settingsIn("openstack site", jsonSchema(openstackSite)),
    ...Object.entries(others).flatMap(([room, schema]) => settingsIn(room, jsonSchema(schema))),
    ...Object.keys(secrets.shape),
  ]);
}

/** `a.{b,c}` is `a.b` and `a.c`. */
function spelledOut(text: string): readonly string[] {
  const [, before, choices, after] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(text) ?? [];
  if (before === undefined || choices === undefined || after === undefined) return [text];
  return choices.split(",").flatMap((choice) => spelledOut(`${before}${choice}${after}`));
}

interface Row {
  readonly setting: string;
  readonly kind: string;
}

const page = readFileSync(new URL("../../../docs/change.md", import.meta.url), "utf8");

/** The rows of the tables in which every setting stands, one for each setting. */
const rows = page.split("\n### ").flatMap((section): Row[] => {
  const prefix = /^Machines\n/.test(section) ? "machines " : /^OpenStack\n/.test(section) ? "openstack " : "";
  return section.split("\n").flatMap((line) => {
    const [, cell, kind] = /^\| (`.*`) \| ([a-z ]+) \|/.exec(line) ?? [];
    if (cell === undefined || kind === undefined) return [];
    const settings = [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, text = ""]) => spelledOut(text));
    return settings.map((setting) => ({ setting: `${prefix}${setting}`, kind }));
  });
});

/** Paths of what is refused when a stack that was made with some settings is to be as others say, as the documentation writes them. */
function refusedPaths(before: Config, after: Config): readonly string[] {
  const choices = (config: Config) => lastingChoices(parseSettings(stackConfig(config, everySecret)));
  return lastingProblems(choices(after), madeWith(choices(before))).map(({ path }) =>
    path
      .replace("grappe:", "")
      .replaceAll(/\[\d+\]/g, "[]")
      .replace(/^apps\.front\./, "apps.*.")
      .replaceAll(/\["[^"]*"\]/g, ".*"),
  );
}

const bare = (setting: string) => setting.replace(/^(machines|openstack) /, "");

describe("docs/change.md says of every setting what a change of it does", () => {
  it("each stands in the tables once, and nothing else does", () => {
    const documented = rows.map(({ setting }) => setting);
    expect(documented.toSorted()).toEqual([...everySetting()].toSorted());
  });

  it("each has a change that is tried", () => {
    expect(laterChanges.map(({ setting }) => setting).toSorted()).toEqual([...everySetting()].toSorted());
  });

  it("in one of four ways", () => {
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(
      new Set(["in place", "replaces", "refused", "refused by the machine"]),
    );
  });

  it.each(laterChanges.map((each) => [each.setting, each] as const))("%s: as it says", (setting, { before, after }) => {
    const kind = rows.find((row) => row.setting === setting)?.kind;
    const refused = refusedPaths(before, after);
    if (kind === "refused") expect(refused).toContain(bare(setting));
    else expect(refused).toEqual([]);
  });
});
