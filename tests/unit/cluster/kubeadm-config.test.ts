import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import {
  type ControlPlane,
  dnsPatchFile,
  kubeletConfiguration,
  type Registration,
  renderClusterConfig,
  renderDnsPatch,
  renderInitConfig,
  renderJoinConfig,
} from "../../../components/cluster/kubeadm/kubeadm-config.ts";
import { kubeletDropIn } from "../../../components/cluster/kubeadm/kubelet-unit.ts";
import { kubernetesImages, unusedImages } from "../../../components/cluster/kubeadm/kubernetes-images.ts";
import { cluster } from "../../../components/settings/schema/cluster.ts";

const settings = cluster.parse({ distribution: "kubeadm", version: "1.36.3", cni: "routed" });
const plane: ControlPlane = {
  clusterName: "grappe-test",
  settings,
  apiAddress: "10.0.0.5",
  certificateNames: ["api.example.org", "10.0.0.5"],
  environment: "hardware",
  podSubnet: "10.42.11.0/24",
};
const node: Registration = {
  name: "server-1",
  address: "10.0.0.11",
  labels: { b: "2", a: "1" },
  taints: [],
  environment: "hardware",
};
const token = { id: "abcdef", secret: "0123456789abcdef" };

const documents = (text: string) =>
  Object.fromEntries(parseAllDocuments(text).map((each) => [each.toJS().kind, each.toJS()]));

describe("kubeadm's configuration", () => {
  it("advertises the declared address, at init and at every later change", () => {
    for (const text of [renderInitConfig(plane, node, token), renderClusterConfig(plane, node)]) {
      expect(documents(text).InitConfiguration.localAPIEndpoint).toEqual({
        advertiseAddress: "10.0.0.11",
        bindPort: 6443,
      });
    }
  });

  it("names every address used in the API's certificate, once", () => {
    const { ClusterConfiguration } = documents(renderInitConfig(plane, node, token));
    expect(ClusterConfiguration.apiServer.certSANs).toEqual(["10.0.0.5", "api.example.org", "127.0.0.1", "localhost"]);
    expect(ClusterConfiguration.controlPlaneEndpoint).toBe("10.0.0.5:6443");
    expect(ClusterConfiguration.kubernetesVersion).toBe("v1.36.3");
  });

  it("has CoreDNS asked more often, by a patch that init finds", () => {
    expect(documents(renderInitConfig(plane, node, token)).InitConfiguration.patches.directory).toBe(
      "/etc/kubernetes/grappe/patches",
    );
    expect(dnsPatchFile).toBe("/etc/kubernetes/grappe/patches/corednsdeployment+strategic.yaml");
    const [coredns] = parse(renderDnsPatch(1)).spec.template.spec.containers;
    expect(coredns).toEqual({ name: "coredns", readinessProbe: { periodSeconds: 2, failureThreshold: 15 } });
  });

  it("has CoreDNS on two machines where there are two", () => {
    expect(parse(renderDnsPatch(1)).spec.template.spec.affinity).toBeUndefined();
    const { affinity } = parse(renderDnsPatch(2)).spec.template.spec;
    expect(affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution).toEqual([
      { labelSelector: { matchLabels: { "k8s-app": "kube-dns" } }, topologyKey: "kubernetes.io/hostname" },
    ]);
  });

  it("registers a node with its address and labels, and untainted where nothing taints it", () => {
    const { nodeRegistration } = documents(renderInitConfig(plane, node, token)).InitConfiguration;
    expect(nodeRegistration.taints).toEqual([]);
    expect(nodeRegistration.kubeletExtraArgs).toEqual([
      { name: "node-ip", value: "10.0.0.11" },
      { name: "node-labels", value: "a=1,b=2" },
    ]);
  });

  it("encrypts Secrets at rest unless the settings say otherwise", () => {
    const plain = { ...plane, settings: { ...settings, secretsEncryption: false } };
    const argument = (which: ControlPlane) =>
      documents(renderClusterConfig(which, node)).ClusterConfiguration.apiServer.extraArgs.filter(
        ({ name }: { readonly name: string }) => name === "encryption-provider-config",
      );
    expect(argument(plane)).toEqual([
      { name: "encryption-provider-config", value: "/etc/kubernetes/grappe/encryption.yaml" },
    ]);
    expect(argument(plain)).toEqual([]);
  });

  it("leaves out only in containers what is this computer's", () => {
    const container: ControlPlane = { ...plane, environment: "container" };
    const of = (which: ControlPlane, environment: "hardware" | "container") =>
      documents(renderInitConfig(which, { ...node, environment }, token));
    expect(of(container, "container").KubeletConfiguration.failCgroupV1).toBe(false);
    expect(of(container, "container").KubeProxyConfiguration.conntrack).toMatchObject({ maxPerCore: 0 });
    expect(of(plane, "hardware").KubeletConfiguration.failCgroupV1).toBeUndefined();
    expect(of(plane, "hardware").KubeProxyConfiguration.conntrack).toBeUndefined();
    expect(of(plane, "hardware").InitConfiguration.nodeRegistration.ignorePreflightErrors).not.toContain("Swap");
  });

  it("notices a lost node in seconds, on every side that takes part in it", () => {
    const nodeLoss = {
      statusUpdateSeconds: 5,
      monitorGraceSeconds: 20,
      leaderElectionSeconds: 10,
      tolerationSeconds: 30,
    };
    const { ClusterConfiguration, KubeletConfiguration } = documents(
      renderClusterConfig({ ...plane, settings: { ...settings, nodeLoss } }, node),
    );
    expect(ClusterConfiguration.controllerManager.extraArgs).toEqual(
      expect.arrayContaining([
        { name: "allocate-node-cidrs", value: "false" },
        { name: "node-monitor-grace-period", value: "20s" },
        { name: "node-monitor-period", value: "2s" },
        { name: "leader-elect-lease-duration", value: "10s" },
        { name: "leader-elect-renew-deadline", value: "6s" },
      ]),
    );
    expect(ClusterConfiguration.scheduler.extraArgs).toContainEqual({
      name: "leader-elect-lease-duration",
      value: "10s",
    });
    expect(ClusterConfiguration.apiServer.extraArgs).toEqual(
      expect.arrayContaining([
        { name: "default-not-ready-toleration-seconds", value: "30" },
        { name: "default-unreachable-toleration-seconds", value: "30" },
      ]),
    );
    // The lease is what counts: it is renewed in a quarter of its time.
    expect(KubeletConfiguration).toMatchObject({
      nodeStatusUpdateFrequency: "5s",
      nodeStatusReportFrequency: "5m",
      nodeLeaseDurationSeconds: 20,
    });
    expect(kubeletDropIn).toContain('Environment="HTTP2_READ_IDLE_TIMEOUT_SECONDS=4" "HTTP2_PING_TIMEOUT_SECONDS=3"\n');
  });

  it("says that there is no kube-proxy where the pod network does its work, also at every later change", () => {
    const without = { ...plane, settings: { ...settings, cni: "cilium" as const, kubeProxy: false } };
    for (const render of [renderClusterConfig, (of: ControlPlane) => renderInitConfig(of, node, token)]) {
      expect(documents(render(without, node)).ClusterConfiguration.proxy).toEqual({ disabled: true });
      expect(documents(render(without, node)).KubeProxyConfiguration).toBeUndefined();
      expect(documents(render(plane, node)).ClusterConfiguration.proxy).toBeUndefined();
      expect(documents(render(plane, node)).KubeProxyConfiguration).toBeDefined();
    }
    const names = (kubeProxy: boolean) =>
      kubernetesImages("1.36.3", "agent", kubeProxy).map(({ repository }) => repository);
    expect(names(true).filter((name) => !names(false).includes(name))).toEqual(["registry.k8s.io/kube-proxy"]);
    expect([...unusedImages("1.36.3", "server", false)]).toEqual(["registry.k8s.io/kube-proxy:v1.36.3"]);
    expect([...unusedImages("1.36.3", "server")]).toEqual([]);
  });

  it("allows no more pods than the node's subnet has addresses", () => {
    expect(kubeletConfiguration({ ...plane, podSubnet: "10.42.0.64/26" })).toMatchObject({ maxPods: 61 });
    expect(kubeletConfiguration(plane)).toMatchObject({ maxPods: 110 });
  });

  it("joins knowing the certificate authority, and a server also with the certificates' key", () => {
    const join = { apiAddress: "10.0.0.5", node, token, caFingerprint: "ab".repeat(32) };
    const agent = documents(renderJoinConfig(join)).JoinConfiguration;
    expect(agent.discovery.bootstrapToken).toEqual({
      apiServerEndpoint: "10.0.0.5:6443",
      token: "abcdef.0123456789abcdef",
      caCertHashes: [`sha256:${"ab".repeat(32)}`],
    });
    expect(agent.controlPlane).toBeUndefined();
    const server = documents(renderJoinConfig({ ...join, certificateKey: "cd".repeat(32) })).JoinConfiguration;
    expect(server.controlPlane.certificateKey).toBe("cd".repeat(32));
    expect(server.controlPlane.localAPIEndpoint.advertiseAddress).toBe("10.0.0.11");
  });
});
