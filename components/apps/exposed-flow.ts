import type { NetworkFlow } from "../platform/network-flows.ts";
import type { Ingress } from "../platform/platform.ts";

/**
 * Who asks an exposed application (pure): the ingress alone, or anyone, as a load balancer and node ports pass on from wherever it
 * comes. None where it isn't exposed.
 *
 * @param port its container's
 */
export function exposedFlow(
  exposure: { readonly by: "ingress" | "loadBalancer" | "nodePort" } | undefined,
  port: number,
  ingress: Pick<Ingress, "namespace"> | undefined,
): readonly NetworkFlow[] {
  if (exposure === undefined) return [];
  const isBehind = exposure.by === "ingress" && ingress !== undefined;
  const peer = isBehind ? { namespace: ingress.namespace } : "anyone";
  return [{ direction: "in", peer, ports: [port], why: "people ask for it" }];
}
