import { z } from "zod";
import { secrets } from "./secrets.ts";

/** A variable of a process' environment, as every shell takes it. */
export const variableName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
    "not a variable's name; write letters, digits and underscores, such as DATABASE_URL",
  );

/** Name of an encrypted setting that is an application's: `grappe:NAME`. */
const secretSetting = z
  .string()
  .regex(
    /^[a-z][A-Za-z0-9]{2,62}$/,
    "not the name of an encrypted setting; write letters and digits, the first one a small letter, such as jenkinsPassword",
  )
  .refine(
    (name) => !Object.hasOwn(secrets.shape, name),
    "a secret of grappe's own, which no application gets; choose another name",
  )
  .refine(
    (name) => !["site", "cluster", "platform", "apps", "artifacts"].includes(name),
    "the name of settings that aren't secret; choose another name",
  );

const generated = z.strictObject({
  generate: z.literal("password"),
  revision: z
    .int()
    .min(1)
    .default(1)
    .describe("Another number, such as 2, and the next `up` makes a new one. What keeps the old one must be told."),
});

/** Secrets of an application: where each belongs, to the encrypted setting that it is, or how it is made. */
export const applicationSecrets = (place: z.ZodString) =>
  z.record(place, z.union([generated, secretSetting])).default({});

export type ApplicationSecret = z.output<typeof generated> | string;
