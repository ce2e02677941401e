import { parse, parseDocument } from "yaml";
import { z } from "zod";

const encrypted = z.looseObject({ secure: z.string() });
const written = z.looseObject({ config: z.record(z.string(), z.unknown()) });

/**
 * Puts what Pulumi's CLI added to a settings file, the encrypted values and what they are encrypted with, into the file's own text
 * (pure): the CLI keeps comments, but none of the empty lines between parts.
 */
export function withEncrypted(text: string, writtenByCli: string): string {
  const { config, ...others } = written.parse(parse(writtenByCli));
  const document = parseDocument(text);
  for (const [key, value] of Object.entries(config)) {
    if (encrypted.safeParse(value).success) document.setIn(["config", key], document.createNode(value));
  }
  for (const [key, value] of Object.entries(others)) document.set(key, document.createNode(value));
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
