import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { mountsOf } from "../../../components/apps/declared/workload-files.ts";
import { workloadFlows } from "../../../components/apps/declared/workload-flows.ts";
import { probesOf } from "../../../components/apps/declared/workload-probes.ts";
import { podSpec } from "../../../components/apps/workload-objects.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { type Registered, registeredGraph } from "../platform/registered-graph.ts";
import { change, stackConfig, stackFileConfig } from "../settings/stack-files.ts";

const image = "docker.io/jenkins/jenkins:2.541-lts";
const canary = "canary-7c2e";

async function graphOf(app: Readonly<Record<string, unknown>>, secrets = {}) {
  const config = change(stackFileConfig("dev"), {
    "apps.front": { kind: "workload", image, ...app },
    "apps.caller": { kind: "workload", image, calls: ["front"] },
  });
  return await registeredGraph(parseSettings(stackConfig(config, secrets)));
}

function found(resources: readonly Registered[], name: string): Registered {
  const one = resources.find((resource) => resource.name === name);
  if (one === undefined) throw new Error(`no ${name} among ${resources.map((each) => each.name).join(", ")}`);
  return one;
}

const settled = async <Value>(output: pulumi.Output<Value>): Promise<Value> =>
  await new Promise((resolve) => output.apply(resolve));

const pod = { name: "front", image, resources: { cpu: "50m", memory: "256Mi" } };

describe("a declared workload's objects", () => {
  it("with a volume of one pod's: the old pod ends before the new one starts, as its claim's user", async () => {
    const { resources } = await graphOf({ port: 8080, volumes: { "/var/jenkins_home": "20Gi" } });
    const claim = found(resources, "front-volume:/var/jenkins_home");
    expect(claim.inputs).toMatchObject({
      metadata: {
        name: expect.stringMatching(/^var-jenkins-home-[0-9a-f]{6}$/),
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "20Gi" } } },
    });
    expect(claim.deletedWith).toBe("anchor");
    expect(found(resources, "front-workload-deployment").inputs).toMatchObject({
      spec: {
        strategy: { type: "Recreate" },
        template: {
          spec: {
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 1000,
              fsGroup: 1000,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [
              {
                image,
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: false,
                  capabilities: { drop: ["ALL"] },
                },
                startupProbe: { tcpSocket: { port: 8080 }, failureThreshold: 150 },
                volumeMounts: [{ mountPath: "/var/jenkins_home" }],
              },
            ],
          },
        },
      },
    });
    expect(found(resources, "front-namespace").inputs).toMatchObject({
      metadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    expect(resources.some(({ name }) => name === "front-workload-disruption-budget")).toBe(false);
  });

  it("without: replicas of which a drain takes one at a time, and an update none", async () => {
    const { resources } = await graphOf({ port: 8080, replicas: 3, servicePort: 80 });
    expect(found(resources, "front-workload-deployment").inputs).toMatchObject({
      spec: { replicas: 3, strategy: { rollingUpdate: { maxUnavailable: 0 } } },
    });
    expect(found(resources, "front-workload-disruption-budget").inputs).toMatchObject({ spec: { maxUnavailable: 1 } });
    expect(found(resources, "front-workload-service").inputs).toMatchObject({
      spec: { type: "ClusterIP", ports: [{ name: "http", port: 80, targetPort: "http" }] },
    });
  });

  it("without a port: neither Service nor probes", async () => {
    const { resources, apps } = await graphOf({});
    expect(resources.map(({ name }) => name)).not.toContain("front-workload-service");
    expect(JSON.stringify(found(resources, "front-workload-deployment").inputs)).not.toMatch(/Probe/);
    expect(await settled(apps.urls.front ?? pulumi.output(["none"]))).toEqual([]);
  });

  it("lets in its own pods, its caller and the ingress that leads to it, and tells where it is", async () => {
    const expose = { by: "ingress", host: "ci.grappe.test", path: "/jenkins" };
    const { resources, apps } = await graphOf({ port: 8080, expose });
    const from = (namespace: string) => [
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } },
    ];
    expect(found(resources, "front-network-policy").inputs).toMatchObject({
      spec: {
        podSelector: {},
        ingress: [
          { from: [{ podSelector: {} }] },
          { from: from("caller") },
          { from: from("traefik"), ports: [{ port: 8080, protocol: "TCP" }] },
        ],
      },
    });
    expect(found(resources, "front-workload-ingress").inputs).toMatchObject({
      spec: { rules: [{ host: "ci.grappe.test", http: { paths: [{ path: "/jenkins", pathType: "Prefix" }] } }] },
    });
    expect(await settled(apps.urls.front ?? pulumi.output([""]))).toEqual(["https://ci.grappe.test/jenkins"]);
  });

  it("takes secrets by reference, from a Secret whose name changes with them and tells nothing of them", async () => {
    const secrets = { TOKEN: "frontToken", PASSWORD: { generate: "password" } };
    const namesOf = async (token: string) => {
      const { resources, apps } = await graphOf({ secrets }, { "grappe:frontToken": token });
      const secret = found(resources, "front-secrets");
      const deployment = found(resources, "front-workload-deployment");
      const { metadata } = secret.inputs as { metadata: { name: string } };
      expect(metadata.name).toMatch(/^front-secrets-[0-9a-f]{10}$/);
      expect(deployment.inputs).toMatchObject({
        spec: {
          template: {
            spec: {
              containers: [
                {
                  env: [
                    { name: "TOKEN", valueFrom: { secretKeyRef: { name: metadata.name, key: "TOKEN" } } },
                    { name: "PASSWORD", valueFrom: { secretKeyRef: { name: metadata.name, key: "PASSWORD" } } },
                  ],
                },
              ],
            },
          },
        },
      });
      expect(JSON.stringify(deployment.inputs)).not.toContain(token);
      expect(secret.inputs.immutable).toBe(true);
      const password = apps.passwords?.front?.PASSWORD;
      expect(await pulumi.isSecret(password ?? pulumi.output(""))).toBe(true);
      expect(Object.keys(apps.passwords?.front ?? {})).toEqual(["PASSWORD"]);
      return metadata.name;
    };
    expect(await namesOf(canary)).not.toBe(await namesOf(`${canary}-2`));
  });

  it("waits for storage only where it has a volume", async () => {
    const { resources } = await graphOf({ port: 8080 });
    expect(found(resources, "front-namespace").dependencies).not.toContain("nfs-storage-release");
    const stored = await graphOf({ port: 8080, volumes: { "/data": "1Gi" } });
    expect(found(stored.resources, "front-namespace").dependencies).toContain("nfs-storage-release");
  });
});

describe("the pod", () => {
  it("as root by wish keeps what an image's start-up needs, but gets no more", () => {
    const spec = podSpec({ ...pod, user: 0, port: 80, writesToRoot: true });
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: false, runAsUser: 0 });
    expect(spec.securityContext).not.toHaveProperty("sysctls");
    expect(spec.containers).toMatchObject([{ securityContext: { allowPrivilegeEscalation: false } }]);
    expect(JSON.stringify(spec.containers)).not.toContain("drop");
  });

  it("listens below 1024 without being root", () => {
    const spec = podSpec({ ...pod, user: 1000, port: 80 });
    expect(spec.securityContext).toMatchObject({
      sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }],
    });
  });

  it("has files one by one beside the image's own, and temporary folders", () => {
    const settings = {
      ...{ volumes: {}, temporaryFolders: ["/tmp"] },
      files: { "/etc/app/a-b.conf": "x", "/etc/app/c@d.conf": "y" },
    };
    const mounts = mountsOf(settings, { configMap: "front-files-1", claims: {} });
    const spec = podSpec({ ...pod, mounts });
    expect(spec.volumes).toEqual([
      { name: expect.stringMatching(/^temporary-/), emptyDir: {} },
      { name: "files", configMap: { name: "front-files-1" } },
    ]);
    expect(mounts.map(({ subPath }) => subPath)).toEqual([
      undefined,
      expect.stringMatching(/^[0-9a-f]{8}-a-b\.conf$/),
      expect.stringMatching(/^[0-9a-f]{8}-c_d\.conf$/),
    ]);
  });

  it("is asked by a path where one is named", () => {
    const probes = probesOf({ port: 3000, health: "/api/health", startSeconds: 60 });
    expect(probes?.startup).toMatchObject({ httpGet: { path: "/api/health", port: 3000 }, failureThreshold: 30 });
    expect(probes?.liveness).toMatchObject({ httpGet: { path: "/api/health" }, failureThreshold: 6 });
  });

  it("is asked by everybody at a port of the nodes, and asks whom it wants", () => {
    const flows = workloadFlows({ port: 80, expose: { by: "nodePort", port: 30444 } }, { callers: [] });
    expect(flows.filter(({ peer }) => peer === "anyone")).toMatchObject([
      { direction: "out" },
      { direction: "in", ports: [80] },
    ]);
  });
});
