import { z } from "zod";
import { exposure } from "../../settings/schema/exposure.ts";
import { nodeSelector } from "../../settings/schema/node.ts";
import { serviceImage } from "../../settings/schema/service-image.ts";
import type { AppManifest } from "../manifest.ts";

const schema = z.strictObject({
  kind: z.literal("edge").default("edge"),
  image: serviceImage,
  replicas: z.int().min(1).max(50).default(3),
  placement: nodeSelector
    .default({})
    .describe("Node labels that its pods must find, such as PoP: space_1. A change moves it."),
  expose: exposure.default({ by: "nodePort", port: 30600 }),
});

export type EdgeSettings = z.output<typeof schema>;

/** An HTTP application that is moved between points of presence. */
export const edge = {
  schema,
  isNamedByKind: true,
  placement: ({ placement }) => placement,
  ownImage: { repository: "grappe.local/edge", tag: "1.0.0" },
} satisfies AppManifest<EdgeSettings>;
