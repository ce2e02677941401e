import type { types } from "@pulumi/kubernetes";
import { databaseOperatorNamespace } from "../../platform/database-operator.ts";
import type { Ingress } from "../../platform/platform.ts";
import { traefikImageReference } from "../../platform/traefik-values.ts";
import type { Exposure, OdooSettings } from "../../settings/schema/apps.ts";
import { exposedService, ingressAnnotations } from "../exposure.ts";

/** Names of the Secrets that the chart reads. */
export const odooSecrets = { administrator: "odoo-administrator", database: "odoo-database" } as const;

/** The role that owns Odoo's database. */
export const databaseUser = "odoo";

function service(exposure: Exposure) {
  const { annotations, spec, nodePort } = exposedService(exposure);
  return {
    type: spec.type,
    annotations,
    proxyImage: traefikImageReference,
    ...(nodePort === undefined ? {} : { nodePort }),
  };
}

function ingressValues(exposure: Exposure, ingress: Ingress | undefined) {
  if (exposure.by !== "ingress" || ingress === undefined) return { enabled: false };
  const { className, namespace } = ingress;
  return { enabled: true, className, namespace, host: exposure.host, annotations: ingressAnnotations(ingress) };
}

function storageClass(name: string | undefined) {
  return name === undefined ? {} : { storageClass: name };
}

/** The values of our chart that the settings decide; none is a secret, and the rest are the chart's defaults. */
export function odooValues(settings: OdooSettings, ingress: Ingress | undefined) {
  const { postgres, filestore } = settings;
  return {
    image: settings.image,
    replicas: settings.replicas,
    odoo: { modules: settings.modules, language: settings.language, workers: settings.workers },
    administrator: { login: settings.adminLogin },
    secrets: { ...odooSecrets },
    database: {
      kind: postgres.instances > 1 ? "cluster" : "single",
      instances: postgres.instances,
      name: settings.database,
      size: postgres.size,
      operatorNamespace: databaseOperatorNamespace,
      ...storageClass(postgres.storageClass),
    },
    filestore: {
      size: filestore.size,
      accessMode: settings.filestoreAccessMode,
      ...storageClass(filestore.storageClass),
    },
    service: service(settings.expose),
    ingress: ingressValues(settings.expose, ingress),
  };
}

/** The address that a load balancer gave to a Service, once it did. */
export function balancedAddress(status: types.output.core.v1.ServiceStatus | undefined): string | undefined {
  return status?.loadBalancer?.ingress?.[0]?.ip;
}
