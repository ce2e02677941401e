import { describe, expect, it } from "vitest";
import { laterChanges } from "./later-changes.ts";
import { type Config, everySecret, problemsOf, stackConfig } from "./stack-files.ts";

/** A text that no program reads as one word, one line, or what somebody meant. */
const hostile = " a\u0000b\n'\"$(x)`;#[{";

/** Settings whose text is the user's own affair, whole, and who takes it as it is. */
const free: Readonly<Record<string, string>> = {
  "apps.*.files": "what a file holds, in a ConfigMap",
  "apps.*.values": "a chart's own",
  "artifacts.bundle": "a folder of this computer, which is looked for",
  "apps.odoo.pointOfSale.products": "a file of this computer, which is looked for",
};

const isTaken = (config: Config) => problemsOf(stackConfig(config, everySecret)).length === 0;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Copies of a configuration, each with the hostile text in place of one text that a setting such as `hosts[].name` is. */
function withHostile(config: Config, setting: string): readonly Config[] {
  const [room = "", ...steps] = setting.replaceAll("[]", ".[]").split(".");
  const copies: Config[] = [];
  const visit = (at: unknown, [step, ...rest]: readonly string[], path: readonly string[]): void => {
    if (step !== undefined && isRecord(at)) {
      const keys = step === "*" || step === "[]" ? Object.keys(at) : [step];
      for (const key of keys) visit(at[key], rest, [...path, key]);
    } else if (step === undefined && isRecord(at)) {
      for (const key of Object.keys(at)) visit(at[key], [], [...path, key]);
    } else if (step === undefined && typeof at === "string") {
      const copy = structuredClone(config);
      const parent = path.slice(0, -1).reduce<unknown>((one, key) => (isRecord(one) ? one[key] : undefined), copy);
      if (isRecord(parent)) parent[path.at(-1) ?? ""] = hostile;
      copies.push(copy);
    }
  };
  visit(config[`grappe:${room}`], steps, [`grappe:${room}`]);
  return copies;
}

const bare = (setting: string) => setting.replace(/^(machines|openstack) /, "");

const texts = laterChanges.flatMap(({ setting, before, after }) => {
  const [found] = [after, before]
    .map((config) => withHostile(config, bare(setting)))
    .filter(({ length }) => length > 0);
  return found === undefined ? [] : [[setting, found] as const];
});

describe("no text of the settings is taken as it comes", () => {
  it("is tried of every setting that is one", () => expect(texts.length).toBeGreaterThan(100));

  it.each(texts)("%s", (setting, configs) => {
    expect(configs.some(isTaken)).toBe(Object.hasOwn(free, bare(setting)));
  });
});
