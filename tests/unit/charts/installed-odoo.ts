import { odoo as manifest } from "../../../components/apps/odoo/manifest.ts";
import { odooValues } from "../../../components/apps/odoo/odoo-values.ts";
import type { Ingress } from "../../../components/platform/platform.ts";
import type { Product } from "../../../components/settings/products/product-list.ts";
import { field, objectOf, odooChart, type RenderedObject, rendered } from "./rendered-chart.ts";

export const ingress: Ingress = {
  className: "traefik",
  namespace: "traefik",
  entryPoint: "websecure",
  certificateResolver: "acme",
};

/** The chart as the component would install it, from settings as a stack file has them. */
export async function installed(
  settings: object,
  products: readonly Product[] = [],
  by: Ingress = ingress,
): Promise<RenderedObject[]> {
  const odoo = manifest.schema.parse({ expose: { by: "loadBalancer", address: "192.168.1.150" }, ...settings });
  return rendered(
    odooChart,
    odooValues(odoo, { nodes: ["192.168.1.10", "192.168.1.11"], schedulableNodes: 2, ingress: by }, products),
  );
}

export const behindIngress = { expose: { by: "ingress", host: "shop.example.org" } };
export const replicated = { postgres: { instances: 3, storageClass: "local-path", size: "20Gi" } };

export function podSpecs(objects: readonly RenderedObject[]): unknown[] {
  return objects
    .filter(({ kind }) => ["Deployment", "StatefulSet", "Job"].includes(kind))
    .map((object) => field(object, "spec.template.spec"));
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export const containersOf = (spec: unknown) => [
  ...list(field(spec, "containers")),
  ...list(field(spec, "initContainers")),
];
export const named = (items: unknown, name: string) => list(items).find((item) => field(item, "name") === name);
/** The text of odoo.conf; its name has a dot, so no path leads to it. */
export function configurationOf(objects: readonly RenderedObject[]): string {
  const data = field(objectOf(objects, "ConfigMap", "odoo-configuration"), "data");
  return String(Reflect.get(Object(data), "odoo.conf"));
}

export const policy = (objects: readonly RenderedObject[], name: string) => objectOf(objects, "NetworkPolicy", name);
