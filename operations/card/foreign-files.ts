import { parse } from "yaml";
import { z } from "zod";
import { markedHost } from "./mark.ts";

/** Whether a document says no more than the image's own example does. */
type IsExample = (document: unknown) => boolean;

const fits =
  (schema: z.ZodType): IsExample =>
  (document) =>
    document === null || document === undefined || schema.safeParse(document).success;

/** Ubuntu's user with its well-known password; Raspberry Pi OS' example is nothing but comments. */
const exampleUserData = z.strictObject({
  ssh_pwauth: z.boolean().optional(),
  chpasswd: z
    .strictObject({
      expire: z.boolean().optional(),
      list: z.union([z.literal("ubuntu:ubuntu"), z.tuple([z.literal("ubuntu:ubuntu")])]).optional(),
      users: z
        .tuple([
          z.strictObject({
            name: z.literal("ubuntu"),
            password: z.literal("ubuntu"),
            type: z.literal("text").optional(),
          }),
        ])
        .optional(),
    })
    .optional(),
});

/** DHCP on wires. */
const exampleNetwork = z.strictObject({
  version: z.literal(2),
  ethernets: z.record(
    z.string(),
    z.strictObject({
      dhcp4: z.boolean().optional(),
      dhcp6: z.boolean().optional(),
      optional: z.boolean().optional(),
      match: z.strictObject({ name: z.string() }).optional(),
    }),
  ),
});

const exampleMetaData = z.strictObject({
  dsmode: z.string().optional(),
  "instance-id": z.string().optional(),
  instance_id: z.string().optional(),
});

const examples: Readonly<Record<string, IsExample>> = {
  "user-data": fits(exampleUserData),
  "network-config": fits(z.union([exampleNetwork, z.strictObject({ network: exampleNetwork })])),
  "meta-data": fits(exampleMetaData),
  "custom.toml": () => false,
};

/**
 * The files of a boot partition (pure) that somebody wrote who is neither the image's maker nor this program for this very host:
 * Raspberry Pi Imager, a person, or this program for another host.
 */
export function foreignFiles(texts: Readonly<Record<string, string>>, host: string): readonly string[] {
  return Object.entries(examples).flatMap(([file, isExample]) => {
    const text = texts[file];
    if (text === undefined || markedHost(text) === host) return [];
    return markedHost(text) === undefined && isExample(documentOf(text)) ? [] : [file];
  });
}

/** What can't be read as YAML, such as a script, stands for itself. */
function documentOf(text: string): unknown {
  try {
    return parse(text.trim());
  } catch {
    return text;
  }
}
