import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { parseSettings } from "../../../components/settings/parse.ts";
import { change, stackConfig, stackFileConfig } from "../settings/stack-files.ts";
import { type Graph, graphOf, type Registered, registeredGraph, resolved, resource } from "./registered-graph.ts";

const pi = () => stackFileConfig("pi");
const everything = () =>
  change(pi(), {
    "platform.ingress": { address: "192.168.1.160", dashboard: { host: "traefik.shop.example.org" } },
    "platform.certificates": { authority: "pebble" },
    "apps.calculator": {},
    "apps.edge": {
      placement: { "kubernetes.io/arch": "arm64" },
      expose: { by: "ingress", host: "edge.shop.example.org" },
    },
  });

const inCluster = ({ type }: Registered) => type.startsWith("kubernetes:") && !type.startsWith("pulumi:");

/** Everything that a resource waits for, however far back. */
function waitsFor(graph: Graph, name: string): Set<string> {
  const before = new Set<string>();
  const visit = (at: string) => {
    for (const dependency of graph.resources.find((one) => one.name === at)?.dependencies ?? []) {
      if (before.has(dependency)) continue;
      before.add(dependency);
      visit(dependency);
    }
  };
  visit(name);
  return before;
}

const metadata = z.object({ name: z.string(), namespace: z.string().optional() });
/** The command of a Deployment's one container. */
const podCommand = z
  .object({
    template: z.object({ spec: z.object({ containers: z.tuple([z.object({ command: z.array(z.string()) })]) }) }),
  })
  .transform(({ template }) => template.spec.containers[0].command);

describe("platform and applications, as they are registered", () => {
  test.each([true, false])(
    "addresses are announced from servers among agents where these take pods: %s",
    async (takePods) => {
      const config = change(stackFileConfig("lab"), {
        "cluster.schedulableServers": takePods,
        "apps.odoo.postgres.instances": 1,
      });
      const { speaker } = z
        .looseObject({ speaker: z.looseObject({ ignoreExcludeLB: z.boolean() }) })
        .parse(resource(await graphOf(config), "metallb-release").inputs.values);
      expect(speaker.ignoreExcludeLB).toBe(takePods);
    },
  );

  test("the local provisioner finds its helper pod and account where its flags say", async () => {
    const { resources } = await graphOf(pi());
    const deployment = resources.find(({ name }) => name === "local-storage-provisioner");
    const { namespace } = metadata.parse(deployment?.inputs.metadata);
    const flags = podCommand.parse(deployment?.inputs.spec);
    const flag = (name: string) => flags[flags.indexOf(name) + 1];
    const named = (type: string, name: string | undefined) =>
      resources.filter((one) => {
        if (one.type !== `kubernetes:core/v1:${type}`) return false;
        const found = metadata.parse(one.inputs.metadata);
        return found.name === name && found.namespace === namespace;
      });
    const [configuration, ...others] = named("ConfigMap", flag("--configmap-name"));
    expect(others).toEqual([]);
    expect(Object.keys(Object(configuration?.inputs.data))).toContain("helperPod.yaml");
    expect(named("ServiceAccount", flag("--service-account-name"))).toHaveLength(1);
    expect(JSON.stringify(configuration?.inputs.data)).toContain(flag("--helper-image"));
  });

  test("every object of the cluster has the one provider and goes with the cluster", async () => {
    const objects = (await graphOf(everything())).resources.filter(inCluster);
    expect(objects.length).toBeGreaterThan(40);
    for (const { name, provider, deletedWith } of objects) {
      expect({ name, provider, deletedWith }).toEqual({
        name,
        provider: expect.stringContaining("pulumi:providers:kubernetes::cluster::"),
        deletedWith: "anchor",
      });
    }
  });

  test("every namespace enforces a pod security standard; applications' the strictest", async () => {
    const { resources } = await graphOf(everything());
    const namespaces = resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
    const level = Object.fromEntries(
      namespaces.map(({ inputs }) => {
        const { name, labels } = inputs.metadata as { name: string; labels: Record<string, string> };
        return [name, labels["pod-security.kubernetes.io/enforce"]];
      }),
    );
    expect(level).toEqual({
      calculator: "restricted",
      "cnpg-system": "restricted",
      "csi-driver-nfs": "privileged",
      edge: "restricted",
      "local-path-storage": "privileged",
      "metallb-system": "privileged",
      odoo: "restricted",
      pebble: "baseline",
      traefik: "restricted",
    });
  });

  test("nothing is made before the nodes stand, but applications without storage while they join", async () => {
    const graph = await graphOf(change(everything(), { "apps.calculator.expose": { by: "nodePort", port: 30500 } }));
    for (const { name } of graph.resources.filter(inCluster).filter(({ type }) => !type.includes("rbac"))) {
      const before = waitsFor(graph, name);
      const isStateless = /^(?:calculator|edge)-/.test(name);
      expect([name, before.has(isStateless ? "admission" : "membership")]).toEqual([name, true]);
    }
    const small = await graphOf(change(pi(), { "platform.loadBalancer": "none", apps: { calculator: {} } }));
    expect(waitsFor(small, "calculator-sum-deployment")).not.toContain("membership");
  });

  test.each([
    ["metallb-pool", "metallb-gate"],
    ["metallb-gate", "metallb-release"],
    ["metallb-advertisement", "metallb-pool"],
    ["database-operator-gate", "database-operator-release"],
    ["odoo-release", "database-operator-gate"],
    ["odoo-release", "odoo-administrator"],
    ["odoo-release", "odoo-database"],
    ["odoo-release", "odoo-cashiers"],
    ["odoo-release", "nfs-storage-release"],
    ["odoo-release", "local-storage-class"],
    ["odoo-release", "odoo-session-module-object"],
    ["odoo-session-module-object", "odoo-session-module-file"],
    ["odoo-database-gate", "odoo-release"],
    ["nfs-storage-release", "nfs-storage-server"],
    ["traefik-release", "metallb-advertisement"],
    ["traefik-release", "traefik-acme-root"],
    ["traefik-acme-root", "pebble-root-certificate"],
    ["pebble-root-certificate", "pebble-release"],
  ])("%s waits for %s", async (later, earlier) => {
    expect(waitsFor(await graphOf(everything()), later)).toContain(earlier);
  });

  test("applications don't wait for the ingress", async () => {
    const graph = await graphOf(everything());
    for (const name of ["odoo-release", "edge-app-deployment"]) {
      expect(waitsFor(graph, name)).not.toContain("traefik-release");
    }
  });

  test("an Odoo behind the ingress does: its waiting page is made of Traefik's own kinds of objects", async () => {
    const expose = { by: "ingress", host: "shop.example.org" };
    const graph = await graphOf(change(everything(), { "apps.odoo.expose": expose }));
    expect(waitsFor(graph, "odoo-release")).toContain("traefik-release");
  });

  test("the shop's own authority: every name and the address, renewed on every server, its root no secret", async () => {
    const graph = await graphOf(change(everything(), { "platform.certificates": { authority: "own" } }));
    const issued = resource(graph, "own-authority-certificate");
    const stdin = JSON.stringify(issued.inputs.stdin);
    for (const value of [
      "names='edge.shop.example.org traefik.shop.example.org'",
      "service='traefik'",
      "isUp='yes'",
      "commonName='grappe test'",
    ])
      expect(stdin).toContain(value);
    expect(waitsFor(graph, "own-authority-certificate")).toContain("traefik-release");
    const timers = graph.resources.filter(({ name }) => name.startsWith("server-timers-"));
    expect(timers.map(({ name }) => name.replace("server-timers-", ""))).toEqual(["pi-1", "pi-2", "pi-3"]);
    for (const { name, inputs } of timers) {
      expect(waitsFor(graph, name)).toContain("own-authority-certificate");
      expect(inputs.stdin).toContain("units='grappe-certificate'");
      expect(JSON.stringify(inputs.stdin)).toContain("isUp='\\''no'\\''".replaceAll("\\", "\\\\"));
    }
    const root = graph.platform.ingress?.rootCertificate ?? pulumi.output("");
    expect(await pulumi.isSecret(root)).toBe(false);
    expect(await resolved(root)).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(graph.resources.map(({ name }) => name)).not.toContain("traefik-acme-root");
    expect(await resolved(graph.apps.urls.edge ?? pulumi.output([]))).toEqual(["https://edge.shop.example.org"]);
  });

  test.each([
    ["with Pebble's certificates in the pod alone: they are kept", {}, "grappe-acme-store"],
    ["with Pebble's certificates on a volume", { "platform.ingress.persistence": { size: "1Gi" } }, ""],
    ["without certificates", { "platform.certificates": { authority: "none" } }, ""],
    ["without an ingress", { "platform.ingress": undefined, "platform.certificates": undefined, apps: {} }, ""],
  ])("every server is told which timers there are, as none that isn't told stays: %s", async (_, changes, units) => {
    const graph = await graphOf(change(everything(), changes));
    for (const server of ["pi-1", "pi-2", "pi-3"]) {
      const { inputs } = resource(graph, `server-timers-${server}`);
      expect(inputs.stdin).toContain(`units='${units}'`);
      expect(waitsFor(graph, `server-timers-${server}`)).toContain(units === "" ? "membership" : "traefik-release");
    }
  });

  test("credentials of a DNS challenge are in a Secret whose name changes with them, and nowhere else", async () => {
    const certificates = { authority: "letsEncrypt", environment: "production", email: "a@shop.berlin" };
    const graphWith = (token: string) =>
      registeredGraph(
        parseSettings(
          stackConfig(
            change(everything(), {
              "platform.certificates": { ...certificates, dnsChallenge: { provider: "cloudflare" } },
              "platform.ingress.dashboard.host": "traefik.shop.berlin",
              "apps.edge.expose.host": "edge.shop.berlin",
            }),
            { "grappe:dnsCredentials": JSON.stringify({ CF_DNS_API_TOKEN: token }) },
          ),
        ),
      );
    const found = async (token: string) => {
      const graph = await graphWith(token);
      const holders = graph.resources.filter(({ inputs }) => JSON.stringify(inputs).includes(token));
      expect(holders.map(({ name }) => name)).toEqual(["traefik-dns-credentials"]);
      expect(waitsFor(graph, "traefik-release")).toContain("traefik-dns-credentials");
      const { name } = z.object({ name: z.string() }).parse(holders[0]?.inputs.metadata);
      expect(name).toMatch(/^dns-credentials-[0-9a-f]{8}$/);
      expect(JSON.stringify(resource(graph, "traefik-release").inputs)).toContain(`{"secretRef":{"name":"${name}"}}`);
      return name;
    };
    const names = [await found("canary-one"), await found("canary-two"), await found("canary-one")];
    expect([names[0] === names[1], names[0] === names[2]]).toEqual([false, true]);
  });

  test("no generated password is in a release's values; the administrator's comes out as a secret", async () => {
    const graph = await graphOf(everything());
    for (const { name, type, inputs } of graph.resources) {
      if (type.endsWith(":Release")) expect([name, JSON.stringify(inputs).includes("canary")]).toEqual([name, false]);
    }
    const password = graph.apps.logins.odoo?.adminPassword ?? pulumi.output("");
    expect(await pulumi.isSecret(password)).toBe(true);
    expect(await resolved(password)).toBe("canary-password");
    const cashier = graph.apps.logins.odoo?.cashiers?.anna ?? pulumi.output("");
    expect(await pulumi.isSecret(cashier)).toBe(true);
    expect(await resolved(cashier)).toBe("canary-password");
    const dashboard = graph.platform.ingress?.dashboard?.password ?? pulumi.output("");
    expect(await pulumi.isSecret(dashboard)).toBe(true);
  });

  test("the NFS export is for the nodes' subnets", async () => {
    const server = resource(await graphOf(pi()), "nfs-storage-server");
    expect(JSON.stringify(server.inputs.stdin)).toContain("clients='192.168.1.0/24'");
  });

  test("an Odoo with a filestore needs no module for its sessions", async () => {
    const { resources } = await graphOf(change(pi(), { "apps.odoo.filestore": { storageClass: "nfs-client" } }));
    expect(resources.map(({ name }) => name).filter((name) => name.includes("session-module"))).toEqual([]);
  });

  test("the addresses at which applications answer", async () => {
    const { apps } = await graphOf(everything());
    const urls = await Promise.all(Object.entries(apps.urls).map(async ([name, url]) => [name, await resolved(url)]));
    expect(Object.fromEntries(urls)).toEqual({
      odoo: ["http://192.168.1.150"],
      calculator: expect.arrayContaining([expect.stringMatching(/^http:\/\/192\.168\.1\.\d+:30500$/)]),
      edge: ["https://edge.shop.example.org"],
    });
  });

  test("one instance of PostgreSQL needs no operator", async () => {
    const { resources } = await graphOf(change(pi(), { "apps.odoo.postgres.instances": 1 }));
    expect(resources.map(({ name }) => name)).not.toContain("database-operator-release");
  });

  test("what the settings don't ask for is not there", async () => {
    const { resources, platform, apps } = await graphOf(change(pi(), { apps: {}, platform: { storage: {} } }));
    const kinds = resources.filter(inCluster).map(({ name }) => name);
    expect(kinds.every((name) => name.startsWith("metallb"))).toBe(true);
    expect(platform.ingress).toBeUndefined();
    expect(apps.urls).toEqual({});
  });
});
