import { z } from "zod";
import { plainWord, registryName, webAddress } from "./endpoint.ts";

/** Stands before a colon in HTTP's basic authorization. */
const registryUser = plainWord.refine(
  (text) => !text.includes(":"),
  "a user's name with a colon, which ends it; write it without",
);

/** Where binaries, images and charts come from. Default: their publishers. */
export const artifacts = z.strictObject({
  bundle: z
    .string()
    .min(1)
    .optional()
    .describe("Folder on this computer that holds everything (./grappe bundle); hosts then need no internet."),
  mirrors: z
    .record(webAddress, webAddress)
    .default({})
    .describe("Origin of a publisher to the origin to use instead, for binaries and chart repositories."),
  registries: z
    .record(
      registryName,
      z.strictObject({
        endpoints: z.array(webAddress).min(1).describe("Tried in this order."),
        username: registryUser.optional().describe("Its password stands in the secret grappe:registryPasswords."),
      }),
    )
    .default({})
    .describe("Registry name, such as docker.io, to mirrors or private registries."),
});

export type ArtifactsSettings = z.output<typeof artifacts>;
