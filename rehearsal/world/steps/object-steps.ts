import { createHash, randomBytes } from "node:crypto";
import { forgetRecords } from "../kubernetes/api.ts";
import { objectKey } from "../kubernetes/cluster.ts";
import { fieldOf } from "../kubernetes/immutability.ts";
import { groupsOfChart } from "../kubernetes/kinds.ts";
import { Refusal } from "../refusal.ts";
import { requireServer } from "./cluster-steps.ts";
import { required } from "./host-steps.ts";
import type { Step } from "./step.ts";

const settleRelease: Step = (context) => {
  const cluster = requireServer(context);
  const [name, namespace] = [required(context, "releaseName"), required(context, "namespace")];
  forgetRecords(cluster, name, namespace, required(context, "statuses").split(","));
  return { seconds: 1 };
};

const customResourceGate: Step = (context) => {
  const cluster = requireServer(context);
  const brought = [...cluster.releases.values()].flatMap((release) => groupsOfChart(release.chart));
  const missing = required(context, "definitions")
    .split(" ")
    .filter((name) => !brought.includes(name.slice(name.indexOf(".") + 1)));
  if (missing.length > 0) throw new Refusal(`no definition of ${missing.join(", ")}`);
  return { stdout: "the API server takes it", seconds: 6 };
};

const certificateOf = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`;

const readPebbleRoot: Step = (context) => {
  const cluster = requireServer(context);
  const namespace = required(context, "namespace");
  if (!cluster.releases.has(`${namespace}/${required(context, "configMap")}`))
    throw new Refusal(`configmaps "${required(context, "configMap")}" not found in ${namespace}`);
  // Whoever reads it again reads the same.
  const root = createHash("sha512").update(`${cluster.fingerprint} ${namespace}`).digest("base64");
  return { stdout: certificateOf(root.repeat(4)), seconds: 1 };
};

const sessionModule: Step = (context) => {
  const cluster = requireServer(context);
  const namespace = required(context, "namespace");
  required(context, "configMap");
  if (!context.machine.marks.get("artifacts")?.includes(required(context, "file")))
    throw new Refusal(`${context.machine.name}: ${required(context, "file")}: No such file or directory`);
  if (![...cluster.objects.values()].some(({ kind, name }) => kind === "Namespace" && name === namespace))
    throw new Refusal(`namespaces "${namespace}" not found`);
  return { seconds: 1 };
};

const databaseGate: Step = (context) => {
  const cluster = requireServer(context);
  const [name, namespace] = [required(context, "cluster"), required(context, "namespace")];
  const object = { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", namespace, name };
  const made = cluster.objects.get(objectKey(object));
  if (made === undefined) throw new Refusal(`clusters.postgresql.cnpg.io "${name}" not found in ${namespace}`);
  if (String(fieldOf(made.fields, "spec.instances")) !== required(context, "instances"))
    throw new Refusal(`the database ${namespace}/${name} isn't whole`);
  return { seconds: 60 };
};

/** Waits until the bucket has a database's newest change: the database is there, and is told where it is saved. */
const backupGate: Step = (context) => {
  const cluster = requireServer(context);
  const [name, namespace] = [required(context, "cluster"), required(context, "namespace")];
  for (const value of ["bucket", "revision"]) required(context, value);
  const database = { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", namespace, name };
  const made = cluster.objects.get(objectKey(database));
  if (made === undefined) throw new Refusal(`clusters.postgresql.cnpg.io "${name}" not found in ${namespace}`);
  const plugins = fieldOf(made.fields, "spec.plugins");
  const store = String(fieldOf(Array.isArray(plugins) ? plugins[0] : {}, "parameters.barmanObjectName") ?? "");
  const declared = { apiVersion: "barmancloud.cnpg.io/v1", kind: "ObjectStore", namespace, name: store };
  if (!cluster.objects.has(objectKey(declared)))
    throw new Refusal(`the bucket doesn't have the newest change of ${namespace}/${name}: no ObjectStore "${store}"`);
  return { seconds: 20 };
};

/** Makes what CloudNativePG's operator and its plugin know each other by; the plugin's pods wait for it. */
const pluginCertificates: Step = (context) => {
  const cluster = requireServer(context);
  const namespace = required(context, "namespace");
  for (const name of ["service", "month"]) required(context, name);
  if (!cluster.releases.has(`${namespace}/${required(context, "operator")}`))
    throw new Refusal(`deployments.apps "${required(context, "operator")}" not found in ${namespace}`);
  for (const name of [required(context, "serverSecret"), required(context, "clientSecret")]) {
    const secret = { apiVersion: "v1", kind: "Secret", namespace, name };
    cluster.objects.set(objectKey(secret), cluster.objects.get(objectKey(secret)) ?? secret);
  }
  return { seconds: 3 };
};

const odooBalancedAddress: Step = (context) => {
  const cluster = requireServer(context);
  const [name, namespace] = [required(context, "deployment"), required(context, "namespace")];
  if (!/^https?:\/\/[\d.]+/.test(required(context, "url"))) throw new Refusal("Odoo was given no address");
  if (!cluster.releases.has(`${namespace}/${name}`)) throw new Refusal(`deployments.apps "${name}" not found`);
  return { seconds: 8 };
};

/** Makes the shop's own authority where there is none, and says its root. */
const issueCertificate: Step = (context) => {
  const cluster = requireServer(context);
  const [namespace, authority] = [required(context, "namespace"), required(context, "authority")];
  for (const name of ["certificate", "commonName", "isUp"]) required(context, name);
  const service = context.values.get("service") ?? "";
  if (service !== "" && !cluster.releases.has(`${namespace}/${service}`))
    throw new Refusal(`services "${service}" not found in ${namespace}`);
  if (service === "" && (context.values.get("names") ?? "") === "")
    throw new Refusal("nothing is served by the ingress that a certificate could name");
  const secret = { apiVersion: "v1", kind: "Secret", namespace, name: authority };
  const root = cluster.objects.get(objectKey(secret))?.fields?.root ?? randomBytes(300).toString("base64");
  cluster.objects.set(objectKey(secret), { ...secret, fields: { root } });
  return { stdout: certificateOf(String(root)), seconds: 4 };
};

const serverTimers: Step = (context) => {
  requireServer(context);
  const units = (context.values.get("units") ?? "").split(" ").filter((unit) => unit !== "");
  for (const place of units.keys()) {
    for (const name of ["program", "serviceUnit", "timerUnit"]) required(context, `${name}_${place}`);
    if (/^isUp='yes'$/m.test(required(context, `programValues_${place}`)))
      throw new Refusal("a timer never makes the authority");
  }
  if (units.length === 0) context.machine.marks.delete("timers");
  else context.machine.marks.set("timers", units.join(" "));
  return { seconds: 2 };
};

/** Steps on a server that are about releases and objects in the cluster. */
export const objectSteps: Readonly<Record<string, Step>> = {
  "settle-release": settleRelease,
  "custom-resource-gate": customResourceGate,
  "read-pebble-root": readPebbleRoot,
  "issue-certificate": issueCertificate,
  "server-timers": serverTimers,
  "session-module": sessionModule,
  "database-gate": databaseGate,
  "backup-gate": backupGate,
  "plugin-certificates": pluginCertificates,
  "odoo-balanced-address": odooBalancedAddress,
};
