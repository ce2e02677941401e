import { z } from "zod";
import { exposure } from "../../settings/schema/exposure.ts";
import { serviceImage } from "../../settings/schema/service-image.ts";
import type { AppManifest } from "../manifest.ts";

const schema = z.strictObject({
  kind: z.literal("calculator").default("calculator"),
  image: serviceImage,
  replicas: z.int().min(1).max(20).default(2),
  expose: exposure.default({ by: "nodePort", port: 30500 }),
});

export type CalculatorSettings = z.output<typeof schema>;

/** Five services that calculate, one asking the others. */
export const calculator = {
  schema,
  isNamedByKind: true,
  ownImage: { repository: "grappe.local/calculator", tag: "1.0.0" },
} satisfies AppManifest<CalculatorSettings>;
