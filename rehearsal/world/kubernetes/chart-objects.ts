import { type Fields, fieldOf } from "./immutability.ts";

/** An object that a chart makes, as far as its fields last. */
export interface ChartObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Whether it stays when the chart no longer makes it (`helm.sh/resource-policy: keep`). */
  readonly kept?: boolean;
  readonly fields: Fields;
}

/** A release as its chart's templates see it. */
export interface ChartRelease {
  readonly name: string;
  readonly values: Fields;
}

const text = (fields: unknown, path: string): string => String(fieldOf(fields, path) ?? "");

/** A storage class in a claim: absent where none is named. */
const classOf = (values: unknown, path: string) => {
  const name = text(values, path);
  return name === "" ? {} : { storageClassName: name };
};

const labels = (release: string, component: string) => ({
  "app.kubernetes.io/name": "odoo",
  "app.kubernetes.io/instance": release,
  "app.kubernetes.io/component": component,
});

/** One PostgreSQL, with a claim that outlives it. */
function singleDatabase({ name, values }: ChartRelease): ChartObject {
  const spec = {
    accessModes: ["ReadWriteOnce"],
    ...classOf(values, "database.storageClass"),
    resources: { requests: { storage: text(values, "database.size") } },
  };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    name: `${name}-database`,
    fields: {
      spec: {
        serviceName: `${name}-database`,
        selector: { matchLabels: labels(name, "database") },
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec }],
      },
    },
  };
}

/** CloudNativePG's. */
function replicatedDatabase({ name, values }: ChartRelease): ChartObject {
  const storageClass = text(values, "database.storageClass");
  const database = text(values, "database.name");
  const barmanObjectName = text(values, "database.backup.objectStore");
  const parameters = { barmanObjectName, serverName: text(values, "database.backup.server") };
  const former = text(values, "database.restore.server");
  return {
    apiVersion: "postgresql.cnpg.io/v1",
    kind: "Cluster",
    name: `${name}-database`,
    kept: true,
    fields: {
      spec: {
        instances: fieldOf(values, "database.instances"),
        ...(barmanObjectName === "" ? {} : { plugins: [{ isWALArchiver: true, parameters }] }),
        bootstrap: former === "" ? { initdb: { database } } : { recovery: { source: "former", database } },
        storage: { size: text(values, "database.size"), ...(storageClass === "" ? {} : { storageClass }) },
      },
    },
  };
}

function filestore({ name, values }: ChartRelease): readonly ChartObject[] {
  const isMade = ["enabled", "moveToDatabase"].some((path) => fieldOf(values, `filestore.${path}`) === true);
  const spec = {
    accessModes: [text(values, "filestore.accessMode")],
    ...classOf(values, "filestore.storageClass"),
    resources: { requests: { storage: text(values, "filestore.size") } },
  };
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    name: `${name}-filestore`,
    kept: true,
    fields: { spec },
  };
  return isMade ? [claim] : [];
}

/** The web application's; its address is asked of it. */
function webService({ name, values }: ChartRelease): ChartObject {
  const annotations = fieldOf(values, "service.annotations");
  const isAnnotated = typeof annotations === "object" && annotations !== null && Object.keys(annotations).length > 0;
  return {
    apiVersion: "v1",
    kind: "Service",
    name,
    fields: {
      ...(isAnnotated ? { metadata: { annotations } } : {}),
      spec: { type: text(values, "service.type") || "ClusterIP" },
    },
  };
}

function waitingPage({ name, values }: ChartRelease): readonly ChartObject[] {
  if (fieldOf(values, "waitingPage.enabled") !== true) return [];
  const selector = { matchLabels: labels(name, "waiting-page") };
  return [{ apiVersion: "apps/v1", kind: "Deployment", name: `${name}-waiting-page`, fields: { spec: { selector } } }];
}

function odoo(release: ChartRelease): readonly ChartObject[] {
  const { name } = release;
  return [
    text(release.values, "database.kind") === "cluster" ? replicatedDatabase(release) : singleDatabase(release),
    ...filestore(release),
    webService(release),
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name,
      fields: { spec: { selector: { matchLabels: labels(name, "web") } } },
    },
    ...waitingPage(release),
  ];
}

/** csi-driver-nfs: the classes stand in its values as the API has them. */
function csiDriverNfs({ values }: ChartRelease): readonly ChartObject[] {
  const classes = values.storageClasses;
  return (Array.isArray(classes) ? classes : []).map((one) => ({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    name: text(one, "name"),
    fields: {
      provisioner: "nfs.csi.k8s.io",
      parameters: fieldOf(one, "parameters"),
      reclaimPolicy: fieldOf(one, "reclaimPolicy"),
      volumeBindingMode: fieldOf(one, "volumeBindingMode"),
      allowVolumeExpansion: fieldOf(one, "allowVolumeExpansion"),
    },
  }));
}

/** Traefik: its class of Ingresses, and the claim that its certificates are in. */
function traefik({ name, values }: ChartRelease): readonly ChartObject[] {
  const controller = { spec: { controller: "traefik.io/ingress-controller" } };
  const ingressClass = text(values, "ingressClass.name") || name;
  const claim: ChartObject = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    name,
    fields: {
      spec: {
        accessModes: [text(values, "persistence.accessMode")],
        ...classOf(values, "persistence.storageClass"),
        resources: { requests: { storage: text(values, "persistence.size") } },
      },
    },
  };
  return [
    { apiVersion: "networking.k8s.io/v1", kind: "IngressClass", name: ingressClass, fields: controller },
    ...(fieldOf(values, "persistence.enabled") === true ? [claim] : []),
  ];
}

const charts: Readonly<Record<string, (release: ChartRelease) => readonly ChartObject[]>> = {
  odoo,
  "csi-driver-nfs": csiDriverNfs,
  traefik,
};

/** The objects of a chart, by its name, that have fields which last. Of other charts nothing is known. */
export function objectsOfChart(chart: string, release: ChartRelease): readonly ChartObject[] {
  return charts[chart]?.(release) ?? [];
}
