import type { RuleCase } from "./rule-case.ts";

const image = "registry.example.org/shop/app:1.2";
const app = (more: Readonly<Record<string, unknown>> = {}) => ({ kind: "workload", image, port: 8080, ...more });
const onLocal = { "/data": { size: "1Gi", storageClass: "local-path" } };
const behind = (host: string, path?: string) => ({
  expose: { by: "ingress", host, ...(path === undefined ? {} : { path }) },
});

export const declaredAppCases: readonly RuleCase[] = [
  {
    rule: "calledAppsExist",
    what: "a misspelt application is called",
    stack: "dev",
    changes: { "apps.customers": app(), "apps.front": app({ calls: ["custmers"] }) },
    paths: ["grappe:apps.front.calls[0]"],
    reason: /no application `custmers`/,
    fix: /Did you mean `customers`/,
  },
  {
    rule: "calledAppsExist",
    what: "an application calls itself",
    stack: "dev",
    changes: { "apps.front": app({ calls: ["front"] }) },
    paths: ["grappe:apps.front.calls[0]"],
    reason: /the application itself/,
    fix: /Remove it/,
  },
  {
    rule: "sharedVolumes",
    what: "a node's own disk for pods of several nodes",
    stack: "pi",
    changes: {
      "apps.front": app({ volumes: { "/data": { size: "1Gi", storageClass: "local-path", access: "ReadWriteMany" } } }),
    },
    paths: ['grappe:apps.front.volumes["/data"].access'],
    reason: /can't be/,
    fix: /nfs-client/,
  },
  {
    rule: "sharedVolumes",
    what: "one pod's volume for two",
    stack: "pi",
    changes: { "apps.front": app({ replicas: 2, volumes: onLocal }) },
    paths: ["grappe:apps.front.replicas"],
    reason: /is 2, but the volume at \/data is ReadWriteOnce/,
    fix: /Write 1; or/,
  },
  {
    rule: "volumeClassesExist",
    what: "a class that isn't there, for an application's own volume",
    stack: "pi",
    changes: { "apps.front": app({ volumes: { "/data": { size: "1Gi", storageClass: "ceph" } } }) },
    paths: ['grappe:apps.front.volumes["/data"].storageClass'],
    reason: /no storage class `ceph`/,
    fix: /local-path or nfs-client/,
  },
  {
    rule: "placementExists",
    what: "an application's own placement that no node has",
    stack: "dev",
    changes: { "apps.front": app({ placement: { PoP: "space_9" } }) },
    paths: ["grappe:apps.front.placement"],
    reason: /no node that takes workloads has PoP: space_9/,
    fix: /labels/,
  },
  {
    rule: "ingressNamesOnce",
    what: "one path of one name for two applications",
    stack: "dev",
    changes: {
      "apps.front": app(behind("shop.grappe.test", "/apis")),
      "apps.back": app(behind("shop.grappe.test", "/apis")),
    },
    paths: ["grappe:apps.back.expose.host"],
    reason: /shop\.grappe\.test\/apis is the name of grappe:apps\.front/,
    fix: /another `path`/,
  },
  {
    rule: "nodePortsOnce",
    what: "an application's own at another's port",
    stack: "dev",
    changes: { "apps.front": app({ expose: { by: "nodePort", port: 30500 } }) },
    paths: ["grappe:apps.front.expose.port"],
    reason: /30500 is the port of calculator/,
    fix: /30000 to 32767/,
  },
];
