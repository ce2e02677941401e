import { parse } from "yaml";
import { z } from "zod";
import { type ParsedSettings, parseSettings } from "../../components/settings/parse.ts";

const stackFile = z.object({ config: z.record(z.string(), z.unknown()) });

export interface NewStackFile {
  readonly stack: string;
  readonly text: string;
  /** The values that will stand in it encrypted, by their whole keys. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Variables that will reach the providers. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Reads (pure) a stack file as the program will, before it is written.
 *
 * @throws SettingsError with all problems at once
 */
export function checkStackFile({ stack, text, secrets, environment }: NewStackFile): ParsedSettings {
  const { config } = stackFile.parse(parse(text));
  const settings = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return parseSettings({
    stack,
    values: { ...Object.fromEntries(settings), ...secrets },
    secretKeys: new Set(Object.keys(secrets)),
    environment,
  });
}
