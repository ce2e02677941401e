import { describe, expect, test } from "vitest";
import { chartSource, charts } from "../../../components/platform/chart.ts";
import { databaseOperatorValues } from "../../../components/platform/database-operator.ts";
import { provisionerConfiguration } from "../../../components/platform/local-storage.ts";
import { addressPoolSpec, advertisementSpec, metallbValues } from "../../../components/platform/metallb.ts";
import { nfsClients } from "../../../components/platform/nfs-server.ts";
import { nfsValues } from "../../../components/platform/nfs-storage.ts";
import { announcingSubnet } from "../../../components/platform/platform.ts";
import { artifacts } from "../../../components/settings/schema/artifacts.ts";

describe("where a chart comes from", () => {
  test.each([
    ["its publisher", {}, { chart: "metallb", repositoryOpts: { repo: "https://metallb.github.io/metallb" } }],
    [
      "a mirror of the publisher's origin",
      { mirrors: { "https://metallb.github.io": "https://mirror.test/charts/" } },
      { chart: "metallb", repositoryOpts: { repo: "https://mirror.test/charts/metallb" } },
    ],
    [
      "the publisher, where the mirror is another's",
      { mirrors: { "https://traefik.github.io": "https://mirror.test" } },
      { chart: "metallb", repositoryOpts: { repo: "https://metallb.github.io/metallb" } },
    ],
    ["the bundle", { bundle: "./bundle/" }, { chart: "./bundle/charts/metallb-0.16.1.tgz" }],
  ])("%s", (_case, settings, source) => {
    expect(chartSource(charts.metallb, artifacts.parse(settings))).toEqual({ ...source, version: "0.16.1" });
  });

  test("every chart is an exact version", () => {
    for (const { version } of Object.values(charts)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe("MetalLB", () => {
  test.each([true, false])("servers announce where they run pods: %s", (serversTakePods) => {
    const values = metallbValues({ serversTakePods });
    expect(values).toMatchObject({ frrk8s: { enabled: false }, speaker: { ignoreExcludeLB: serversTakePods } });
  });

  test("only nodes of the pool's subnet announce", () => {
    expect(advertisementSpec("192.168.1.0/24").nodeSelectors).toEqual([
      { matchLabels: { "grappe.dev/subnet": "192.168.1.0-24" } },
    ]);
    expect(advertisementSpec(undefined)).toEqual({ ipAddressPools: ["site"] });
    expect(addressPoolSpec(["10.0.0.1-10.0.0.9"]).addresses).toEqual(["10.0.0.1-10.0.0.9"]);
  });

  test("Traefik is bound to the pool's subnet where nodes lie in several", () => {
    const hosts = (...subnets: string[]) => subnets.map((subnet) => ({ subnet })) as never;
    const loadBalancerSubnet = "3.7.12.0/24";
    expect(announcingSubnet({ hosts: hosts("3.7.12.0/24", "4.7.12.0/24"), loadBalancerSubnet })).toBe(
      loadBalancerSubnet,
    );
    expect(announcingSubnet({ hosts: hosts("3.7.12.0/24", "3.7.12.0/24"), loadBalancerSubnet })).toBeUndefined();
  });
});

test("the databases' operator is on two machines, as long as there are two", () => {
  const podAffinityTerm = {
    topologyKey: "kubernetes.io/hostname",
    labelSelector: { matchLabels: { "app.kubernetes.io/name": "cloudnative-pg" } },
  };
  expect(databaseOperatorValues()).toMatchObject({
    replicaCount: 2,
    affinity: {
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] },
    },
  });
});

describe("storage", () => {
  test("NFS clients are the nodes' subnets and the settings' own, each once", () => {
    const hosts = [{ subnet: "4.7.12.0/24" }, { subnet: "3.7.12.0/24" }, { subnet: "3.7.12.0/24" }];
    expect(nfsClients(hosts, ["10.0.0.0/8", "4.7.12.0/24"])).toEqual(["10.0.0.0/8", "3.7.12.0/24", "4.7.12.0/24"]);
  });

  test.each([
    ["retain", "Retain"],
    ["archive", "Delete"],
    ["delete", "Delete"],
  ] as const)("a released NFS volume: %s", (onDelete, reclaimPolicy) => {
    expect(nfsValues({ server: "10.0.0.1", path: "/srv/nfs", isDefault: true, onDelete }).storageClasses).toMatchObject(
      [
        {
          name: "nfs-client",
          annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
          parameters: { server: "10.0.0.1", share: "/srv/nfs", onDelete },
          reclaimPolicy,
          mountOptions: ["nfsvers=4.1", "hard"],
        },
      ],
    );
  });

  test("local volumes lie under the settings' folder", () => {
    const files = provisionerConfiguration("/mnt/ssd");
    expect(JSON.parse(files["config.json"] ?? "")).toEqual({
      nodePathMap: [{ node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: ["/mnt/ssd"] }],
      cmdTimeoutSeconds: 300,
    });
    expect(JSON.parse(files["helperPod.yaml"] ?? "")).toMatchObject({ kind: "Pod" });
    expect(files.teardown).toContain('rm -rf "$VOL_DIR"');
  });
});
