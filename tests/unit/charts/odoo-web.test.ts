import { describe, expect, test } from "vitest";
import {
  behindIngress,
  configurationOf,
  containersOf,
  installed,
  list,
  named,
  podSpecs,
  policy,
} from "./installed-odoo.ts";
import { field, objectOf, odooChart, rendered } from "./rendered-chart.ts";

/** Enough for a first build of Helm on a cold machine. */
const timeout = 600_000;

async function web(settings: object): Promise<unknown> {
  const containers = field(objectOf(await installed(settings), "Deployment"), "spec.template.spec.containers");
  return named(containers, "odoo");
}

async function url(settings: object): Promise<unknown> {
  const environment = field(objectOf(await installed(settings), "Job"), "spec.template.spec.containers.0.env");
  return field(named(environment, "URL"), "value");
}

describe("Odoo's pods", { timeout }, () => {
  test("are run by the script that waits for the database and starts Odoo again", async () => {
    const objects = await installed({});
    expect(field(await web({}), "command")).toEqual(["python3", "/scripts/serve.py"]);
    expect(Object.keys(Object(field(objectOf(objects, "ConfigMap", "odoo-scripts"), "data")))).toContain("serve.py");
  });

  test("are ready while the database answers, and are alive without it", async () => {
    const container = await web({});
    expect(field(container, "readinessProbe.httpGet.port")).toBe("readiness");
    expect(field(container, "livenessProbe.httpGet.path")).toBe("/web/health");
    expect(field(container, "startupProbe.httpGet.path")).toBe("/web/health");
  });

  test("listen on the pod's address, whatever the series' default", async () => {
    expect(configurationOf(await installed({})).split("\n")).toContain("http_interface = 0.0.0.0");
  });

  test("and the initialisation's have the user of the official images, and no other can be chosen", async () => {
    const objects = (await installed({})).filter(({ kind }) => kind !== "StatefulSet");
    for (const spec of podSpecs(objects)) {
      expect(field(spec, "securityContext")).toMatchObject({ runAsUser: 100, runAsGroup: 101, fsGroup: 101 });
    }
    for (const values of [{ user: 1000 }, { group: 1000 }]) {
      await expect(rendered(odooChart, values)).rejects.toThrow(/user|group/);
    }
  });

  test("and the initialisation's read the configuration that the first container writes", async () => {
    for (const spec of podSpecs((await installed({})).filter(({ kind }) => kind !== "StatefulSet"))) {
      for (const container of containersOf(spec)) {
        if (field(container, "name") === "proxy") continue;
        expect(field(named(field(container, "env"), "ODOO_RC"), "value")).toBe("/run/odoo/odoo.conf");
        expect(list(field(container, "volumeMounts")).map((mount) => field(mount, "mountPath"))).toContain("/run/odoo");
      }
    }
  });
});

describe("Odoo's address", { timeout }, () => {
  test.each([
    ["a load balancer's, as the settings say", {}, "http://192.168.1.150"],
    ["a load balancer's, unknown beforehand", { expose: { by: "loadBalancer" } }, ""],
    ["the first node's", { expose: { by: "nodePort", port: 30069 } }, "http://192.168.1.10:30069"],
    ["the ingress'", behindIngress, "https://shop.example.org"],
  ])("in links is %s", async (_case, settings, expected) => {
    expect(await url(settings)).toBe(expected);
  });

  test("another one makes another initialisation", async () => {
    const name = async (settings: object) => objectOf(await installed(settings), "Job").metadata.name;
    expect(await name({ expose: { by: "nodePort", port: 30069 } })).not.toBe(await name({}));
  });

  const egress = async (settings: object) =>
    list(field(policy(await installed(settings), "odoo-odoo-egress"), "spec.egress"));

  test("can be asked by Odoo itself: through the ingress where there is one", async () => {
    expect(await egress(behindIngress)).toContainEqual({
      to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "traefik" } } }],
    });
  });

  test("can be asked by Odoo itself: at its pods where there is none", async () => {
    const selector = field(objectOf(await installed({}), "Service", "odoo"), "spec.selector");
    expect(await egress({})).toContainEqual({ to: [{ podSelector: { matchLabels: selector } }] });
  });
});
