import { RunError } from "@pulumi/pulumi/errors.js";
import { parse, YAMLParseError } from "yaml";

/** A file of the user's that is no YAML. */
export class NoYaml extends RunError {
  override readonly name = "NoYaml";
  /** What a command ends with: nothing was begun. */
  readonly exitCode = 2;
}

/**
 * Reads a YAML file that a user writes (pure).
 *
 * @param file its name, for people
 * @throws NoYaml with the place and the reason; no line is quoted, as it could hold a secret
 */
export function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new NoYaml(`${file}${placeOf(error)} is no YAML: ${reasonOf(error)}. Fix: correct it there.`);
  }
}

function placeOf(error: unknown): string {
  const [place] = error instanceof YAMLParseError ? (error.linePos ?? []) : [];
  return place === undefined ? "" : `, line ${place.line}, column ${place.col},`;
}

/** The parser's own words, without the place and the lines that it shows. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/ at line \d+, column \d+:[\s\S]*$/, "").replace(/[.:]?\n[\s\S]*$/, "");
}
