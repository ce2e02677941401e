import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  renderAgentConfig,
  renderKubeletConfig,
  renderRegistration,
  renderServerConfig,
  renderSnapshotConfig,
  secureToken,
} from "../../../components/cluster/k3s/k3s-config.ts";
import { renderK3sUnit } from "../../../components/cluster/k3s/k3s-unit.ts";
import { cluster } from "../../../components/settings/schema/cluster.ts";

const settings = cluster.parse({ distribution: "k3s", version: "v1.36.5+k3s1" });
const node = { name: "pi-1", address: "192.168.1.11", environment: "hardware" as const };
const server = { ...node, settings, apiAddress: "192.168.1.5", certificateNames: ["shop.example.org", "192.168.1.5"] };

describe("k3s' configuration", () => {
  it("of a server names every address of the API once and leaves out what grappe brings itself", () => {
    const config = parse(renderServerConfig(server));
    expect(config["tls-san"]).toEqual(["192.168.1.5", "192.168.1.11", "shop.example.org"]);
    expect(config.disable).toEqual(["traefik", "servicelb", "local-storage", "metrics-server"]);
    expect(config).toMatchObject({ "secrets-encryption": true, "flannel-backend": "vxlan", "node-ip": "192.168.1.11" });
  });

  it("never makes a cluster by itself, and holds no token and no label", () => {
    for (const text of [renderServerConfig(server), renderAgentConfig(node, "192.168.1.5", settings)]) {
      expect(Object.keys(parse(text))).not.toEqual(expect.arrayContaining(["cluster-init"]));
      expect(text).not.toMatch(/^(token|agent-token|node-label|node-taint|cluster-init):/m);
    }
  });

  it("notices a lost node in seconds, on every side that takes part in it", () => {
    const config = parse(renderServerConfig(server));
    expect(config["kube-controller-manager-arg"]).toEqual(
      expect.arrayContaining([
        "node-monitor-grace-period=16s",
        "node-monitor-period=2s",
        "leader-elect-lease-duration=10s",
        "leader-elect-renew-deadline=6s",
        "leader-elect-retry-period=2s",
      ]),
    );
    expect(config["kube-apiserver-arg"]).toEqual(
      expect.arrayContaining(["default-not-ready-toleration-seconds=20", "default-unreachable-toleration-seconds=20"]),
    );
    expect(parse(renderKubeletConfig(settings))).toMatchObject({
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      nodeStatusUpdateFrequency: "4s",
      nodeStatusReportFrequency: "5m",
      nodeLeaseDurationSeconds: 16,
    });
    expect(renderK3sUnit({ role: "agent", address: "192.168.1.11" })).toContain("HTTP2_READ_IDLE_TIMEOUT_SECONDS=4");
  });

  it("leaves the pod network to Cilium where that is wanted, and kube-proxy's work only if it is told to", () => {
    const withCilium = { ...settings, cni: "cilium" as const };
    const config = parse(renderServerConfig({ ...server, settings: withCilium }));
    const alone = parse(renderServerConfig({ ...server, settings: { ...withCilium, kubeProxy: false } }));
    expect([config["disable-kube-proxy"], alone["disable-kube-proxy"]]).toEqual([undefined, true]);
    expect(parse(renderAgentConfig(node, "192.168.1.5", withCilium))["flannel-iface"]).toBeUndefined();
    expect(config).toMatchObject({ "flannel-backend": "none", "disable-network-policy": true });
    expect(config["flannel-iface"]).toBeUndefined();
  });

  it("registers taints without a value as k3s wants them", () => {
    const text = renderRegistration({ a: "1" }, [{ key: "k", effect: "NoSchedule" }]);
    expect(parse(text)).toEqual({ "node-label": ["a=1"], "node-taint": ["k=:NoSchedule"] });
  });

  it("keeps as many snapshots in S3 as on all servers together", () => {
    const s3 = { endpoint: "s3.test", bucket: "b", region: "r", folder: "", accessKey: "a" };
    const snapshots = { ...settings.etcdSnapshots, retention: 12, s3 };
    expect(parse(renderSnapshotConfig(snapshots, "secret", 3))).toMatchObject({ "etcd-s3-retention": 36 });
    expect(renderSnapshotConfig({ ...snapshots, s3: undefined }, undefined, 3)).toBe("");
    expect(() => renderSnapshotConfig(snapshots, undefined, 3)).toThrow("grappe:etcdS3SecretKey");
  });

  it("sends them by the site's proxy where S3 isn't of the site", () => {
    const s3 = { endpoint: "s3.test", bucket: "b", region: "r", folder: "", accessKey: "a" };
    const config = (proxy: string) =>
      parse(renderSnapshotConfig({ ...settings.etcdSnapshots, s3 }, "secret", 3, proxy));
    expect(config("http://shop:a%40@proxy.test:3128")["etcd-s3-proxy"]).toBe("http://shop:a%40@proxy.test:3128");
    expect(config("")).not.toHaveProperty("etcd-s3-proxy");
  });

  it("joins with tokens that name the cluster", () => {
    expect(secureToken("ab".repeat(32), "node", "t")).toBe(`K10${"ab".repeat(32)}::node:t`);
  });

  it("runs the program of the node's role and leaves containers running when it stops", () => {
    const address = "192.168.1.11";
    expect(renderK3sUnit({ role: "agent", address })).toContain("ExecStart=/usr/local/bin/k3s agent\n");
    expect(renderK3sUnit({ role: "server", address })).toContain("KillMode=process\n");
    // Where k3s' own installer writes it, too; %N is the unit's name.
    expect(renderK3sUnit({ role: "agent", address })).toContain(
      "EnvironmentFile=-/etc/systemd/system/%N.service.env\n",
    );
    expect(renderK3sUnit({ role: "server", address })).not.toContain("own-address-first");
    expect(renderK3sUnit({ role: "server", address, virtualAddress: "192.168.1.5" })).toMatch(
      /own-address-first 192\.168\.1\.11 192\.168\.1\.5\nExecStart=/,
    );
  });
});
