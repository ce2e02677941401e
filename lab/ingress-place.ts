import https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import type { Place } from "./application-answer.ts";

const service = z.object({
  status: z.object({ loadBalancer: z.object({ ingress: z.array(z.object({ ip: z.string() })).min(1) }) }),
});

async function read(kubeconfig: KubeConfig, path: string): Promise<string> {
  const server = kubeconfig.getCurrentCluster()?.server ?? "";
  const options: https.RequestOptions = { signal: AbortSignal.timeout(10_000) };
  await kubeconfig.applyToHTTPSOptions(options);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const request = https.get(`${server.replace(/\/$/, "")}${path}`, options, (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    response.on("error", reject);
    response.on("end", () => {
      if (response.statusCode === 200) resolve(text);
      else reject(new RunError(`${path}: ${response.statusCode} ${text.slice(0, 200)}. Fix: see what its pods say.`));
    });
  });
  request.on("error", reject);
  return await promise;
}

/** Where the lab's ingress answers, and what the certificates hang on that Pebble gave it since it started. */
export async function ingressPlace(kubeconfigText: string): Promise<Place> {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromString(kubeconfigText);
  const { status } = service.parse(JSON.parse(await read(kubeconfig, "/api/v1/namespaces/traefik/services/traefik")));
  const [first] = status.loadBalancer.ingress;
  if (first === undefined) throw new RunError("Traefik's Service has no address. Fix: see what MetalLB's pods say.");
  const roots = "/api/v1/namespaces/pebble/services/https:pebble:8444/proxy/roots/0";
  return { address: first.ip, authority: await read(kubeconfig, roots) };
}
