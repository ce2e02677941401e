import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseYaml } from "../../components/settings/yaml.ts";

/** The plain part of a stack's settings: configuration key (`grappe:site`) to value. */
export type PlainConfiguration = Readonly<Record<string, unknown>>;

export interface SettingsFile {
  readonly stack: string;
  readonly configuration: PlainConfiguration;
  /** Keys that the file holds encrypted; a rehearsal can't read them and gives each a canary instead. */
  readonly encryptedKeys: readonly string[];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEncrypted(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 1 && typeof value.secure === "string";
}

/** Takes a stack file's text apart; the values that are encrypted are left out, as only their owner can read them. */
export function parseSettingsFile(text: string, stack: string, file = `Pulumi.${stack}.yaml`): SettingsFile {
  const document = parseYaml(text, file);
  const configuration = isRecord(document) && isRecord(document.config) ? document.config : {};
  const entries = Object.entries(configuration);
  return {
    stack,
    configuration: Object.fromEntries(entries.filter(([, value]) => !isEncrypted(value))),
    encryptedKeys: entries.filter(([, value]) => isEncrypted(value)).map(([key]) => key),
  };
}

/** Reads `Pulumi.<stack>.yaml`, or any other file of that form. */
export function readSettingsFile(file: string, stack?: string): SettingsFile {
  const named = /^Pulumi\.(.+)\.yaml$/.exec(basename(file))?.[1];
  return parseSettingsFile(readFileSync(file, "utf8"), stack ?? named ?? "rehearsal", file);
}
