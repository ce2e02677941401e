import type { LaterChange } from "./later-change.ts";
import { change, stackFileConfig } from "./stack-files.ts";

const image = "registry.example.org/shop/app:1.2";
const volume = { size: "1Gi", storageClass: "nfs-client" };
const standing = {
  ...{ kind: "workload", image, port: 8080, volumes: { "/data": volume } },
  ...{ secrets: { PASSWORD: { generate: "password" } }, ports: { metrics: { port: 9090 } } },
};

/** A change of an application that is declared, on a stack that stands. */
const one = (setting: string, changes: Readonly<Record<string, unknown>>): LaterChange => {
  const before = change(stackFileConfig("pi"), { "apps.front": standing });
  return { setting: `apps.*.${setting}`, before, after: change(before, { "apps.front": { ...standing, ...changes } }) };
};

const volumes = (changed: unknown) => ({ volumes: { "/data": changed } });

const withChart = (changes: Readonly<Record<string, unknown>>) => {
  const repository = "https://grafana.github.io/helm-charts";
  const app = { kind: "chart", repository, chart: "grafana", version: "9.4.4", ...changes };
  return change(stackFileConfig("pi"), { "apps.front": app, "platform.ingress": {} });
};
const ofChart = (setting: string, changes: Readonly<Record<string, unknown>>): LaterChange => ({
  setting: `apps.*.${setting}`,
  before: withChart({}),
  after: withChart(changes),
});

export const laterChangesOfDeclared: readonly LaterChange[] = [
  { setting: "apps.*.kind", before: withChart({}), after: one("image", {}).after },
  ofChart("repository", { repository: "https://mirror.example.org/helm-charts" }),
  ofChart("chart", { chart: "grafana-ng" }),
  ofChart("version", { version: "9.4.5" }),
  ofChart("values", { values: { replicas: 2 } }),
  ofChart("podSecurity", { podSecurity: "restricted" }),
  ofChart("timeoutSeconds", { timeoutSeconds: 900 }),
  ofChart("expose.service", { expose: { by: "ingress", host: "grafana.shop.berlin", service: "grafana", port: 80 } }),
  one("image", { image: "registry.example.org/shop/app:1.3" }),
  one("command", { command: ["/app"] }),
  one("args", { args: ["--verbose"] }),
  one("environment", { environment: { VERBOSE: true } }),
  one("secrets.*", { secrets: { ...standing.secrets, OTHER: { generate: "password" } } }),
  one("secrets.*.generate", { secrets: {} }),
  one("secrets.*.revision", { secrets: { PASSWORD: { generate: "password", revision: 2 } } }),
  one("files", { files: { "/etc/app.conf": "verbose" } }),
  one("volumes.*", { volumes: { "/data": volume, "/more": volume } }),
  one("volumes.*.size", volumes({ ...volume, size: "512Mi" })),
  one("volumes.*.storageClass", volumes({ ...volume, storageClass: "local-path" })),
  one("volumes.*.access", volumes({ ...volume, access: "ReadWriteMany" })),
  one("temporaryFolders", { temporaryFolders: ["/tmp"] }),
  one("port", { port: 8081 }),
  one("servicePort", { servicePort: 80 }),
  one("ports.*.port", { ports: { metrics: { port: 9091 } } }),
  one("ports.*.protocol", { ports: { metrics: { port: 9090, protocol: "UDP" } } }),
  one("health", { health: "/healthz" }),
  one("startSeconds", { startSeconds: 60 }),
  one("resources.cpu", { resources: { cpu: "1" } }),
  one("resources.memory", { resources: { memory: "1Gi" } }),
  one("user", { user: 0 }),
  one("readOnlyRootFilesystem", { readOnlyRootFilesystem: true }),
  one("replicas", { volumes: {}, replicas: 2 }),
  one("placement", { placement: { "kubernetes.io/hostname": "pi-4" } }),
  one("calls", { calls: ["odoo"] }),
  ...["by", "address", "externalTrafficPolicy", "host", "path", "port"].map((name) =>
    one(`expose.${name}`, { expose: { by: "nodePort", port: 30444 } }),
  ),
];
