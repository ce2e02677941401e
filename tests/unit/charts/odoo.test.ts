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
  replicated,
} from "./installed-odoo.ts";
import { field, lint, objectOf, odooChart, rendered } from "./rendered-chart.ts";

/** Enough for a first build of Helm on a cold machine. */
const timeout = 600_000;

describe("the chart odoo", { timeout }, () => {
  test("passes Helm's strict lint", async () => {
    expect(await lint(odooChart)).toContain("0 chart(s) failed");
  });

  test.each([
    ["single database, load balancer", {}],
    ["replicated database, several replicas", { ...replicated, replicas: 2 }],
    ["ingress", behindIngress],
    ["node port, threads only", { expose: { by: "nodePort", port: 30069 }, workers: 0 }],
  ])("meets the restricted pod security standard: %s", async (_case, settings) => {
    const objects = await installed(settings);
    const specs = podSpecs(objects);
    expect(specs.length).toBeGreaterThanOrEqual(2);
    for (const spec of specs) {
      expect(field(spec, "automountServiceAccountToken")).toBe(false);
      expect(field(spec, "securityContext")).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      expect(field(spec, "securityContext.runAsUser")).toBeGreaterThan(0);
      for (const container of containersOf(spec)) {
        expect(field(container, "securityContext")).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        expect(field(container, "resources.requests")).toMatchObject({ cpu: expect.any(String) });
        expect(field(container, "resources.limits.memory")).toEqual(expect.any(String));
        expect(field(container, "image")).toMatch(/^[a-z.]+\/.+:.*\d/);
      }
    }
  });

  test("every volume that a container mounts is there, and every volume is mounted", async () => {
    for (const settings of [{}, behindIngress, replicated]) {
      for (const spec of podSpecs(await installed(settings))) {
        const claims = ["data"];
        const volumes = [...list(field(spec, "volumes")).map((volume) => field(volume, "name")), ...claims];
        const mounted = containersOf(spec).flatMap((container) =>
          list(field(container, "volumeMounts")).map((mount) => field(mount, "name")),
        );
        for (const name of mounted) expect(volumes).toContain(name);
        const unused = volumes.filter((name) => !mounted.includes(name) && name !== "data");
        expect(unused).toEqual([]);
      }
    }
  });

  test("no secret stands in an environment, an argument or an object of the chart", async () => {
    const objects = await installed(replicated);
    expect(objects.filter(({ kind }) => kind === "Secret")).toEqual([]);
    for (const spec of podSpecs(objects)) {
      for (const container of containersOf(spec)) {
        for (const variable of list(field(container, "env"))) {
          expect(field(variable, "valueFrom")).toBeUndefined();
        }
      }
    }
    expect(configurationOf(objects)).not.toMatch(/passw/);
  });

  test("Odoo's configuration keeps the database manager shut", async () => {
    const configuration = configurationOf(await installed({ workers: 3 }));
    for (const line of [
      "list_db = False",
      "dbfilter = ^odoo$",
      "db_name = odoo",
      "proxy_mode = True",
      "workers = 3",
      "gevent_port = 8072",
    ]) {
      expect(configuration.split("\n")).toContain(line);
    }
  });

  test("three instances: synchronous, each on a node of its own, none lost with the release", async () => {
    const objects = await installed(replicated);
    const cluster = objectOf(objects, "Cluster");
    expect(field(cluster, "spec")).toMatchObject({
      instances: 3,
      postgresql: {
        // Joins begin with a checkpoint that isn't spread.
        parameters: { checkpoint_completion_target: "0" },
        synchronous: { method: "any", number: 1, dataDurability: "required", failoverQuorum: true },
      },
      failoverDelay: 0,
      smartShutdownTimeout: 5,
      probes: { liveness: { isolationCheck: { enabled: true, requestTimeout: 3000, connectionTimeout: 3000 } } },
      affinity: { podAntiAffinityType: "required", topologyKey: "kubernetes.io/hostname" },
      storage: { size: "20Gi", storageClass: "local-path" },
      bootstrap: { initdb: { database: "odoo", owner: "odoo", secret: { name: "odoo-database" } } },
    });
    expect(field(cluster, "metadata.annotations")).toMatchObject({ "helm.sh/resource-policy": "keep" });
    expect(objects.some(({ kind }) => kind === "StatefulSet")).toBe(false);
  });

  test("five instances: a commit stands on three", async () => {
    const objects = await installed({ postgres: { instances: 5 } });
    expect(field(objectOf(objects, "Cluster"), "spec.postgresql.synchronous.number")).toBe(2);
  });

  test("one instance: a StatefulSet whose claim outlives it", async () => {
    const database = objectOf(await installed({}), "StatefulSet");
    expect(field(database, "spec.replicas")).toBe(1);
    expect(field(database, "spec.persistentVolumeClaimRetentionPolicy")).toEqual({
      whenDeleted: "Retain",
      whenScaled: "Retain",
    });
  });

  test.each([
    ["by load balancer", {}, true, { type: "LoadBalancer" }, "proxy"],
    ["by node port", { expose: { by: "nodePort", port: 30069 } }, true, { type: "NodePort" }, "proxy"],
    ["by load balancer, threads only", { workers: 0 }, false, { type: "LoadBalancer" }, "http"],
    ["by ingress", behindIngress, false, { type: "ClusterIP" }, "http"],
  ])("websockets find their port: %s", async (_case, settings, proxied, service, target) => {
    const objects = await installed(settings);
    const containers = field(objectOf(objects, "Deployment", "odoo"), "spec.template.spec.containers");
    expect(named(containers, "proxy") !== undefined).toBe(proxied);
    expect(field(objectOf(objects, "Service", "odoo"), "spec")).toMatchObject(service);
    expect(field(objectOf(objects, "Service", "odoo"), "spec.ports.0.targetPort")).toBe(target);
  });

  test("the ingress sends /websocket to its own port, encrypted", async () => {
    const objects = await installed(behindIngress);
    const route = objectOf(objects, "Ingress");
    const paths = list(field(route, "spec.rules.0.http.paths"));
    expect(paths.map((path) => [field(path, "path"), field(path, "backend.service.port.name")])).toEqual([
      ["/websocket", "websocket"],
      ["/", "http"],
    ]);
    expect(field(route, "metadata.annotations")).toMatchObject({
      "traefik.ingress.kubernetes.io/router.tls.certresolver": "acme",
    });
    const ports = list(field(objectOf(objects, "Service", "odoo"), "spec.ports"));
    expect(ports.map((port) => field(port, "name"))).toEqual(["http", "websocket"]);
  });

  test("only the ingress reaches Odoo behind it; only Odoo reaches the database", async () => {
    const objects = await installed(behindIngress);
    expect(field(policy(objects, "odoo-web"), "spec.ingress")).toEqual([
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "traefik" } } }],
        ports: [{ port: 8069 }, { port: 8072 }],
      },
    ]);
    const database = policy(objects, "odoo-database");
    expect(field(database, "spec.policyTypes")).toEqual(["Ingress", "Egress"]);
    expect(field(database, "spec.egress")).toEqual([]);
    expect(list(field(database, "spec.ingress"))).toHaveLength(1);
    expect(field(database, "spec.ingress.0.ports")).toEqual([{ port: 5432 }]);
  });

  test("a replicated database lets in its peers and its operator, by the operator's own labels", async () => {
    const database = policy(await installed(replicated), "odoo-database");
    expect(field(database, "spec.podSelector.matchLabels")).toEqual({ "cnpg.io/cluster": "odoo-database" });
    expect(field(database, "spec.ingress.1.from")).toEqual([
      { podSelector: { matchLabels: { "cnpg.io/cluster": "odoo-database" } } },
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "cnpg-system" } },
        podSelector: { matchLabels: { "app.kubernetes.io/name": "cloudnative-pg" } },
      },
    ]);
  });

  test("a disruption budget only where a drain can leave a pod", async () => {
    const kinds = async (settings: object) => (await installed(settings)).map(({ kind }) => kind);
    expect(await kinds({ replicas: 2 })).toContain("PodDisruptionBudget");
    expect(await kinds({ replicas: 1 })).not.toContain("PodDisruptionBudget");
  });

  test.each([
    ["ReadWriteMany", "RollingUpdate"],
    ["ReadWriteOnce", "Recreate"],
  ])("a filestore of %s is updated by %s", async (filestoreAccessMode, type) => {
    const objects = await installed({ filestore: {}, filestoreAccessMode });
    expect(field(objectOf(objects, "Deployment"), "spec.strategy.type")).toBe(type);
  });

  describe("the initialisation", { timeout }, () => {
    const job = async (settings: object) => objectOf(await installed(settings), "Job");

    test("is no hook, gets the modules, and shares its revision with the pods that wait for it", async () => {
      const objects = await installed({ modules: ["point_of_sale", "stock"] });
      const object = objectOf(objects, "Job");
      expect(field(object, "metadata.annotations")).toBeUndefined();
      const environment = list(field(object, "spec.template.spec.containers.0.env"));
      expect(field(named(environment, "MODULES"), "value")).toBe("point_of_sale stock");
      const waiting = named(
        field(objectOf(objects, "Deployment"), "spec.template.spec.initContainers"),
        "await-initialised",
      );
      const revision = field(named(environment, "REVISION"), "value");
      expect(field(named(field(waiting, "env"), "REVISION"), "value")).toBe(revision);
      expect(object.metadata.name).toBe(`odoo-initialise-${String(revision)}`);
    });

    test("is another job when, and only when, what it does is another", async () => {
      const name = async (settings: object) => (await job(settings)).metadata.name;
      const first = await name({});
      expect(await name({ replicas: 3, workers: 4 })).toBe(first);
      for (const change of [
        { modules: ["stock"] },
        { adminLogin: "boss" },
        { country: "DE" },
        { pointOfSale: { name: "Till 1" } },
        { image: "docker.io/library/odoo:18.0-20260901" },
      ]) {
        expect(await name(change)).not.toBe(first);
      }
    });
  });

  test.each([
    ["a floating image", { image: "docker.io/library/odoo:latest" }, /image/],
    ["an image without a tag", { image: "docker.io/library/odoo" }, /image/],
    ["two instances", { database: { kind: "cluster", instances: 2 } }, /instances/],
    ["several instances of a single database", { database: { kind: "single", instances: 3 } }, /database/],
    ["replicas on a volume of one node", { replicas: 2, filestore: { accessMode: "ReadWriteOnce" } }, /accessMode/],
    ["an ingress without a host", { ingress: { enabled: true } }, /host/],
    ["an unknown value", { replica: 2 }, /replica/],
  ])("refuses %s", async (_case, values, said) => {
    await expect(rendered(odooChart, values)).rejects.toThrow(said);
  });
});
