import { z } from "zod";
import { loginWord, registryName, webAddress } from "./endpoint.ts";

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
        endpoints: z
          .array(webAddress)
          .min(1)
          // containerd's hosts.toml is no TOML with one table twice, and then nothing of it counts.
          .refine((all) => new Set(all).size === all.length, "a list with a mirror twice; remove one")
          .describe("Tried in this order."),
        username: loginWord.optional().describe("Its password stands in the secret grappe:registryPasswords."),
      }),
    )
    .default({})
    .describe("Registry name, such as docker.io, to mirrors or private registries."),
});

export type ArtifactsSettings = z.output<typeof artifacts>;
