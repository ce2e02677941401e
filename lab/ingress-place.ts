import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { ApiClient } from "../runtime/kubernetes-api/api-client.ts";
import type { Place } from "./application-answer.ts";

const service = z.object({
  status: z.object({ loadBalancer: z.object({ ingress: z.array(z.object({ ip: z.string() })).min(1) }) }),
});

/**
 * Where the lab's ingress answers, and what its certificates hang on.
 *
 * @param rootCertificate of the shop's own authority; without one Pebble is asked, which has another at every start
 */
export async function ingressPlace(kubeconfigText: string, rootCertificate?: string): Promise<Place> {
  const api = new ApiClient(kubeconfigText);
  const { status } = service.parse(
    await api.request({ method: "GET", path: "/api/v1/namespaces/traefik/services/traefik" }),
  );
  const [first] = status.loadBalancer.ingress;
  if (first === undefined) throw new RunError("Traefik's Service has no address. Fix: see what MetalLB's pods say.");
  if (rootCertificate !== undefined) return { address: first.ip, authority: rootCertificate };
  const roots = "/api/v1/namespaces/pebble/services/https:pebble:8444/proxy/roots/0";
  return { address: first.ip, authority: await api.text(roots, {}) };
}
