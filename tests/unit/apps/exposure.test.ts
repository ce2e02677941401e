import { describe, expect, test } from "vitest";
import {
  exposedService,
  exposedUrls,
  impossibleExposure,
  ingressAnnotations,
  ingressObject,
} from "../../../components/apps/exposure.ts";
import type { Ingress } from "../../../components/platform/platform.ts";
import type { Exposure } from "../../../components/settings/schema/exposure.ts";

const encrypted: Ingress = {
  className: "traefik",
  namespace: "traefik",
  entryPoint: "websecure",
  certificateResolver: "acme",
};
const ownAuthority: Ingress = { className: "traefik", namespace: "traefik", entryPoint: "websecure" };
const plain: Ingress = { className: "traefik", namespace: "traefik", entryPoint: "web" };

describe("how an application is reached", () => {
  test.each<[string, Exposure | undefined, object]>([
    ["nothing", undefined, { annotations: {}, spec: { type: "ClusterIP" } }],
    ["a node port", { by: "nodePort", port: 30500 }, { annotations: {}, spec: { type: "NodePort" }, nodePort: 30500 }],
    ["an ingress", { by: "ingress", host: "a.test" }, { annotations: {}, spec: { type: "ClusterIP" } }],
    [
      "a load balancer with an address",
      { by: "loadBalancer", address: "192.168.1.150", externalTrafficPolicy: "Cluster" },
      {
        annotations: { "metallb.io/loadBalancerIPs": "192.168.1.150" },
        spec: { type: "LoadBalancer", externalTrafficPolicy: "Cluster" },
      },
    ],
  ])("the Service for %s", (_case, exposure, expected) => {
    expect(exposedService(exposure)).toEqual(expected);
  });

  test.each<[Exposure, string | undefined, Ingress | undefined, string[]]>([
    [{ by: "nodePort", port: 30500 }, undefined, undefined, ["http://10.0.0.1:30500", "http://10.0.0.2:30500"]],
    [{ by: "loadBalancer", externalTrafficPolicy: "Local" }, "10.0.0.9", undefined, ["http://10.0.0.9"]],
    [{ by: "loadBalancer", externalTrafficPolicy: "Local" }, undefined, undefined, []],
    [{ by: "ingress", host: "a.test" }, undefined, encrypted, ["https://a.test"]],
    [{ by: "ingress", host: "a.test" }, undefined, ownAuthority, ["https://a.test"]],
    [{ by: "ingress", host: "a.test" }, undefined, plain, ["http://a.test"]],
  ])("the addresses of %j", (exposure, balanced, ingress, urls) => {
    expect(exposedUrls(exposure, ["10.0.0.1", "10.0.0.2"], balanced, ingress)).toEqual(urls);
  });

  test("with an authority a route is encrypted, without one it is not", () => {
    expect(ingressAnnotations(encrypted)).toEqual({
      "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
      "traefik.ingress.kubernetes.io/router.tls": "true",
      "traefik.ingress.kubernetes.io/router.tls.certresolver": "acme",
    });
    expect(ingressAnnotations(ownAuthority)).toEqual({
      "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
      "traefik.ingress.kubernetes.io/router.tls": "true",
    });
    expect(ingressAnnotations(plain)).toEqual({ "traefik.ingress.kubernetes.io/router.entrypoints": "web" });
  });

  test("a route leads to the Service of its name", () => {
    const { spec } = ingressObject({ name: "edge" }, plain, { host: "edge.test" });
    expect(spec).toMatchObject({
      ingressClassName: "traefik",
      rules: [{ host: "edge.test", http: { paths: [{ backend: { service: { name: "edge" } } }] } }],
    });
  });

  test.each<[Exposure, { loadBalancer: boolean; ingress?: Ingress }, string | undefined]>([
    [{ by: "ingress", host: "a.test" }, { loadBalancer: true }, "grappe:platform.ingress"],
    [{ by: "ingress", host: "a.test" }, { loadBalancer: true, ingress: plain }, undefined],
    [{ by: "loadBalancer", externalTrafficPolicy: "Local" }, { loadBalancer: false }, "grappe:site.loadBalancerPool"],
    [{ by: "loadBalancer", externalTrafficPolicy: "Local" }, { loadBalancer: true }, undefined],
    [{ by: "nodePort", port: 30500 }, { loadBalancer: false }, undefined],
  ])("%j on %j", (exposure, platform, fix) => {
    const said = impossibleExposure("edge", exposure, platform);
    if (fix === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(new RegExp(`^grappe:apps\\.edge\\.expose .*${fix}`));
  });
});
