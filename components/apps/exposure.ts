import type { types } from "@pulumi/kubernetes";
import type { Ingress } from "../platform/platform.ts";
import type { Exposure } from "../settings/schema/exposure.ts";

type ServiceSpec = types.input.core.v1.ServiceSpec;
type ObjectMeta = types.input.meta.v1.ObjectMeta;

/** How a Service is reached: the part of its object that its exposure decides. */
export interface ExposedService {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Pick<ServiceSpec, "type" | "externalTrafficPolicy">;
  readonly nodePort?: number;
}

/** What the exposure makes of a Service. Without one it is reached in the cluster only. */
export function exposedService(exposure: Exposure | undefined): ExposedService {
  switch (exposure?.by) {
    case "loadBalancer":
      return {
        annotations: exposure.address === undefined ? {} : { "metallb.io/loadBalancerIPs": exposure.address },
        spec: { type: "LoadBalancer", externalTrafficPolicy: exposure.externalTrafficPolicy },
      };
    case "nodePort":
      return { annotations: {}, spec: { type: "NodePort" }, nodePort: exposure.port };
    default:
      return { annotations: {}, spec: { type: "ClusterIP" } };
  }
}

/** Annotations by which Traefik serves an Ingress: encrypted where there is an authority. */
export function ingressAnnotations({ entryPoint, certificateResolver }: Ingress): Readonly<Record<string, string>> {
  const router = "traefik.ingress.kubernetes.io/router";
  return {
    [`${router}.entrypoints`]: entryPoint,
    ...(entryPoint === "websecure" ? { [`${router}.tls`]: "true" } : {}),
    ...(certificateResolver === undefined ? {} : { [`${router}.tls.certresolver`]: certificateResolver }),
  };
}

/** What of a name a Service answers for. */
export interface Route {
  readonly host: string;
  /** Default: all of it. */
  readonly path?: string;
  /** Default: the Ingress' own name, and its port `http`. */
  readonly service?: { readonly name: string; readonly port: { readonly name: string } | { readonly number: number } };
}

/** An Ingress that sends a host's requests to a Service. */
export function ingressObject(
  metadata: ObjectMeta & { readonly name: string },
  ingress: Ingress,
  { host, path = "/", service = { name: metadata.name, port: { name: "http" } } }: Route,
): types.input.networking.v1.Ingress {
  return {
    // Pulumi would wait for an address in the status, which nobody writes where there is no load balancer.
    metadata: { ...metadata, annotations: { ...ingressAnnotations(ingress), "pulumi.com/skipAwait": "true" } },
    spec: {
      ingressClassName: ingress.className,
      rules: [{ host, http: { paths: [{ path, pathType: "Prefix", backend: { service } }] } }],
    },
  };
}

/**
 * Where an exposed application answers.
 *
 * @param nodes addresses of the nodes; every one of them answers on a node port
 * @param balanced address that the load balancer gave
 */
export function exposedUrls(
  exposure: Exposure,
  nodes: readonly string[],
  balanced: string | undefined,
  ingress: Ingress | undefined,
): string[] {
  switch (exposure.by) {
    case "nodePort":
      return nodes.map((address) => `http://${address}:${exposure.port}`);
    case "loadBalancer":
      return balanced === undefined ? [] : [`http://${balanced}`];
    case "ingress":
      return [
        `${ingress?.entryPoint === "websecure" ? "https" : "http"}://${exposure.host}${exposure.path === "/" ? "" : (exposure.path ?? "")}`,
      ];
  }
}

/** An exposure that the platform can't give, as one sentence with its fix; `undefined` where all is well. */
export function impossibleExposure(
  app: string,
  exposure: Exposure,
  platform: { readonly loadBalancer: boolean; readonly ingress?: unknown },
): string | undefined {
  const setting = `grappe:apps.${app}.expose`;
  if (exposure.by === "ingress" && platform.ingress === undefined) {
    return `${setting} asks for the ingress, but grappe:platform.ingress is absent: add it, or expose by nodePort.`;
  }
  if (exposure.by === "loadBalancer" && !platform.loadBalancer) {
    return `${setting} asks for a load balancer, but there is none or its pool is empty: set grappe:platform.loadBalancer to metallb and grappe:site.loadBalancerPool, or expose by nodePort.`;
  }
  return undefined;
}
