import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { PartName } from "../../../components/settings/part-names.ts";
import type { Place } from "../../../lab/application-answer.ts";
import { ingressPlace } from "../../../lab/ingress-place.ts";
import type { Configuration } from "../../../lab/stack/lab-settings.ts";
import type { LabRunResult } from "../../../lab/stack/lab-stack.ts";
import { isTrue, numberAt, textAt } from "../../../runtime/kubernetes-api/json-path.ts";
import type { PlainMap } from "../../../runtime/provider-protocol/property-value.ts";
import { inHost } from "../host-traces.ts";
import { TestLab } from "../test-lab.ts";
import type { Login } from "./till-client.ts";

const outputs = z.object({
  urls: z.object({ odoo: z.tuple([z.string()]) }),
  odoo: z.object({ cashiers: z.object({ anna: z.string() }) }),
  rootCertificate: z.string().optional(),
  dashboard: z.object({ url: z.string(), user: z.string(), password: z.string() }),
});

type Change = (configuration: Configuration) => Configuration;

/** Three Pis that are servers and run the shop. */
export const size = { servers: 3, agents: 0 };

/** Names of the machines. */
export const machines = ["server-1", "server-2", "server-3"] as const;

/** How long a shop may take until all of it stands again, after its machines do. */
const wholeMilliseconds = 300_000;

/** A lab with a shop on three servers, as three Pis in a coffee shop are, and what its tests ask the cluster for. */
export class ShopLab {
  readonly lab: TestLab;
  /** The till's address. */
  address = "";
  cashier: Login = { login: "anna", password: "" };
  dashboard = { url: "", user: "", password: "" };
  #rootCertificate: string | undefined;

  private constructor(lab: TestLab) {
    this.lab = lab;
  }

  static async open(name: string, change?: Change, parts: readonly PartName[] = []): Promise<ShopLab> {
    const shop = new ShopLab(await TestLab.open(name, { whole: size, parts }));
    await shop.configure(change);
    return shop;
  }

  async configure(change?: Change, secrets?: Readonly<Record<string, string>>): Promise<void> {
    await this.lab.configure(size, change, secrets);
  }

  async up(): Promise<LabRunResult> {
    const result = await this.lab.up();
    const { urls, odoo, rootCertificate, dashboard } = outputs.parse(result.outputs);
    this.#rootCertificate = rootCertificate;
    this.dashboard = dashboard;
    this.address = urls.odoo[0];
    this.cashier = { login: "anna", password: odoo.cashiers.anna };
    return result;
  }

  /** Where the ingress answers, and the root that its certificates hang on. */
  async ingress(): Promise<Required<Place>> {
    const { address, authority } = await ingressPlace(this.lab.kubeconfig, this.#rootCertificate);
    if (authority === undefined) throw new Error("the ingress' certificates hang on nothing");
    return { address, authority };
  }

  /** Takes every Odoo away, or has so many again; waits for the former. */
  async scaleOdoo(replicas: number): Promise<void> {
    await this.lab.api.request({
      method: "PATCH",
      path: "/apis/apps/v1/namespaces/odoo/deployments/odoo/scale",
      body: JSON.stringify({ spec: { replicas } }),
      contentType: "application/merge-patch+json",
    });
    while (replicas === 0 && (await this.odooNodes()).length > 0) await delay(500);
  }

  async #database(): Promise<PlainMap> {
    const [database] = await this.lab.api.list("postgresql.cnpg.io/v1", "Cluster", "odoo", "");
    if (database === undefined) throw new Error("there is no database");
    return database;
  }

  async #nodesOfPods(namespace: string, selector: string): Promise<string[]> {
    const pods = await this.lab.api.list("v1", "Pod", namespace, selector);
    return pods.filter((pod) => isTrue(pod, "Ready")).map((pod) => textAt(pod, "spec", "nodeName") ?? "");
  }

  /** The machines that pods with a label run on, and answer. */
  async machinesOf(namespace: string, selector: string): Promise<ReadonlySet<string>> {
    return new Set(await this.#nodesOfPods(namespace, selector));
  }

  /** Takes a machine's pods away as an upgrade does, by what keeps a budget of disruptions. */
  async drain(host: string): Promise<void> {
    await this.#kubectl(host, `drain ${host} --ignore-daemonsets --delete-emptydir-data --force --timeout=300s`);
  }

  async uncordon(host: string): Promise<void> {
    await this.#kubectl(host, `uncordon ${host}`);
  }

  /** Gives an image another tag on every machine, as a registry would have a newer one. */
  async tagged(image: string, tag: string): Promise<string> {
    const other = `${image.slice(0, image.lastIndexOf(":"))}:${tag}`;
    for (const host of machines)
      await inHost(this.lab.name, host, `ctr --namespace k8s.io images tag ${image} ${other}`);
    return other;
  }

  /** The image that the database's instances have, as its cluster says. */
  async databaseImage(): Promise<string> {
    return textAt(await this.#database(), "spec", "imageName") ?? "";
  }

  /** Changes that image, as a newer chart does, and waits until every instance has it. */
  async upgradeDatabase(image: string): Promise<void> {
    await this.lab.api.request({
      method: "PATCH",
      path: "/apis/postgresql.cnpg.io/v1/namespaces/odoo/clusters/odoo-database",
      body: JSON.stringify({ spec: { imageName: image } }),
      contentType: "application/merge-patch+json",
    });
    const isThere = (pod: PlainMap) => JSON.stringify(pod).includes(`"image":"${image}"`) && isTrue(pod, "Ready");
    const upgraded = async () =>
      (await this.lab.api.list("v1", "Pod", "odoo", "cnpg.io/podRole=instance")).filter(isThere).length;
    while ((await upgraded()) < 3) await delay(500);
  }

  async #kubectl(host: string, command: string): Promise<string> {
    return await inHost(
      this.lab.name,
      host,
      `/usr/local/bin/kubectl --kubeconfig=/etc/kubernetes/admin.conf ${command}`,
    );
  }

  /** Asks the database itself, as its administrator. */
  async query(sql: string): Promise<string> {
    const primary = textAt(await this.#database(), "status", "currentPrimary");
    const psql = "psql --no-psqlrc --tuples-only --no-align --dbname odoo --command";
    return await this.#kubectl("server-1", `--namespace odoo exec ${primary} -c postgres -- ${psql} "${sql}"`);
  }

  /** The machine that the database's primary instance runs on. */
  async primaryNode(): Promise<string> {
    const primary = textAt(await this.#database(), "status", "currentPrimary");
    const [node] = await this.#nodesOfPods("odoo", `cnpg.io/instanceName=${primary}`);
    if (node === undefined) throw new Error(`the primary ${primary} runs nowhere`);
    return node;
  }

  /** The machines that Odoo sells on. */
  async odooNodes(): Promise<string[]> {
    return await this.#nodesOfPods("odoo", "app.kubernetes.io/component=web");
  }

  /** The machine that answers for the till's address on the network. */
  async announcingNode(): Promise<string> {
    const statuses = await this.lab.api.list("metallb.io/v1beta1", "ServiceL2Status", "metallb-system", "");
    const ofTill = statuses.find((status) => textAt(status, "status", "serviceNamespace") === "odoo");
    const node = ofTill === undefined ? undefined : textAt(ofTill, "status", "node");
    if (node === undefined) throw new Error("no machine announces the till's address");
    return node;
  }

  /** The server that holds the API's one address. */
  async apiNode(): Promise<string> {
    const address = this.lab.apiAddress;
    for (const host of machines) {
      const held = await inHost(this.lab.name, host, "ip -4 -o address show").catch(() => "");
      if (held.includes(` ${address}/`)) return host;
    }
    throw new Error(`no server holds ${address}`);
  }

  /** What isn't as it should be: machines, instances of the database, replicas of Odoo. */
  async #missing(): Promise<string[]> {
    const nodes = await this.lab.api.list("v1", "Node", "", "");
    const lost = nodes.filter((node) => !isTrue(node, "Ready")).map((node) => textAt(node, "metadata", "name") ?? "");
    const database = await this.#database();
    const instances = numberAt(database, "status", "readyInstances") ?? 0;
    const deployments = await this.lab.api.list("apps/v1", "Deployment", "odoo", "app.kubernetes.io/component=web");
    const replicas = deployments.map((deployment) => numberAt(deployment, "status", "readyReplicas") ?? 0);
    return [
      ...lost.map((name) => `machine ${name}`),
      ...(instances === 3 && isTrue(database, "Ready") ? [] : [`database: ${instances} of 3`]),
      ...(replicas[0] === 2 ? [] : [`Odoo: ${replicas[0] ?? 0} of 2`]),
    ];
  }

  /** Waits until all machines, all instances of the database and both replicas of Odoo stand. */
  async whole(): Promise<void> {
    const deadline = performance.now() + wholeMilliseconds;
    for (;;) {
      const missing = await this.#missing().catch((error: unknown) => [String(error)]);
      if (missing.length === 0) return;
      if (performance.now() > deadline) throw new Error(`still missing: ${missing.join("; ")}`);
      await delay(1_000);
    }
  }
}
