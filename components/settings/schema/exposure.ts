import { z } from "zod";
import { address, dnsName } from "./primitives.ts";

const loadBalancer = z.strictObject({
  by: z.literal("loadBalancer"),
  address: address.optional(),
  externalTrafficPolicy: z
    .enum(["Local", "Cluster"])
    .default("Local")
    .describe(
      "Local: the address is on a node that runs the application, and moves with it: no request goes to a lost node, and the application sees the client's own address. Cluster: all its pods share the requests; while a node is lost but not yet noticed, those for its pods wait.",
    ),
});
const ingress = z.strictObject({ by: z.literal("ingress"), host: dnsName });
const nodePort = z.strictObject({ by: z.literal("nodePort"), port: z.int().min(30000).max(32767) });

/** How an application is reached: a load balancer address of its own, or a name behind the ingress. */
export const exposure = z.discriminatedUnion("by", [loadBalancer, ingress, nodePort]);

const pathPrefix = z
  .string()
  .regex(
    /^(\/|(\/[A-Za-z0-9._~-]+)+)$/,
    "not a path; write one that begins with a slash and doesn't end with one, such as /apis/customers",
  )
  // Nor does an Ingress take it (pkg/apis/networking/validation, invalidPathSequences).
  .refine(
    (path) => !path.split("/").some((part) => part === "." || part === ".."),
    "a path with . or .. in it; write the one that it leads to",
  )
  .optional()
  .describe(
    "Only what lies below it, of a name that several applications share. It is asked for as it is. Default: /.",
  );

/** Like `exposure`, of an application that is declared: several may share a name. */
export const sharedIngress = ingress.extend({ path: pathPrefix });
export const declaredExposure = z.discriminatedUnion("by", [loadBalancer, sharedIngress, nodePort]);

export type Exposure = z.output<typeof declaredExposure>;
