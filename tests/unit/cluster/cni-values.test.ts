import { describe, expect, test } from "vitest";
import { calicoValues } from "../../../components/cluster/cni/calico/values.ts";
import { ciliumValues } from "../../../components/cluster/cni/cilium/values.ts";
import { addressPattern, flannelValues } from "../../../components/cluster/cni/flannel/values.ts";
import { podNetworkArgs } from "../../../components/cluster/cni-chart.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { change, stackConfig, stackFileConfig } from "../settings/stack-files.ts";

const given = { apiAddress: "10.0.0.5", bundled: false };
const dev = parseSettings(stackConfig(stackFileConfig("dev")));
const kubeadmOnPis = { "cluster.distribution": "kubeadm", "cluster.version": "1.36.3" };
const pi = parseSettings(stackConfig(change(stackFileConfig("pi"), kubeadmOnPis)));

describe("the pattern of a network's addresses", () => {
  test.each([
    ["192.168.1.0/24", ["192.168.1.0", "192.168.1.255"], ["192.168.11.1", "192.168.2.1", "1192.168.1.1"]],
    ["10.0.0.0/8", ["10.255.0.1"], ["11.0.0.1", "110.0.0.1"]],
    ["172.16.0.0/12", ["172.16.0.1", "172.31.255.254"], ["172.15.0.1", "172.32.0.1", "172.3.0.1"]],
    ["192.168.1.64/26", ["192.168.1.64", "192.168.1.127"], ["192.168.1.63", "192.168.1.128", "192.168.1.6"]],
    ["10.1.2.3/32", ["10.1.2.3"], ["10.1.2.30"]],
  ])("%s", (cidr, inside, outside) => {
    const pattern = new RegExp(addressPattern(cidr));
    expect(inside.filter((address) => !pattern.test(address))).toEqual([]);
    expect(outside.filter((address) => pattern.test(address))).toEqual([]);
  });
});

describe("flannel's values", () => {
  test("name the interface once for each of the nodes' networks", () => {
    const { args } = flannelValues(podNetworkArgs(dev, given)).flannel;
    expect(args.filter((arg) => arg.startsWith("--iface-regex="))).toEqual([
      "--iface-regex=^3\\.7\\.12\\.[0-9]+$",
      "--iface-regex=^4\\.7\\.12\\.[0-9]+$",
    ]);
  });
});

describe("Calico's values", () => {
  test("put all packets into the overlay where port security drops others", () => {
    const { ipPools, nodeAddressAutodetectionV4 } = calicoValues(podNetworkArgs(dev, given)).installation.calicoNetwork;
    expect(ipPools).toEqual([{ cidr: dev.cluster.podCidr, encapsulation: "VXLAN", natOutgoing: "Enabled" }]);
    expect(nodeAddressAutodetectionV4.cidrs).toEqual(["3.7.12.0/24", "4.7.12.0/24"]);
  });

  test("let neighbours among given machines do without", () => {
    expect(calicoValues(podNetworkArgs(pi, given)).installation.calicoNetwork.ipPools[0]?.encapsulation).toBe(
      "VXLANCrossSubnet",
    );
  });
});

describe("Cilium's values", () => {
  const values = (kubeProxy: boolean, of = dev, bundled = false) =>
    ciliumValues(podNetworkArgs({ ...of, cluster: { ...of.cluster, kubeProxy } }, { ...given, bundled }));

  test("leave Services to kube-proxy, and the API to be found by its own", () => {
    const found = values(true);
    expect(found).toMatchObject({ kubeProxyReplacement: false, ipam: { mode: "kubernetes" } });
    expect(Object.keys(found).filter((key) => key.startsWith("k8sService"))).toEqual([]);
  });

  test("or lead there in its place, with the stable address of the API", () => {
    expect(values(false)).toMatchObject({
      kubeProxyReplacement: true,
      k8sServiceHost: "10.0.0.5",
      k8sServicePort: 6443,
    });
  });

  test("have as many operators as there are nodes for, two at most", () => {
    const tainted = { key: "a", effect: "NoSchedule" } as const;
    const [first, ...others] = pi.hosts;
    if (first === undefined) throw new Error("no host");
    const alone = { ...pi, hosts: [first, ...others.map((host) => ({ ...host, taints: [tainted] }))] };
    expect([pi, { ...pi, hosts: [first] }, alone].map((of) => values(true, of).operator.replicas)).toEqual([2, 1, 1]);
  });

  test("ask for no digest of a bundle's images", () => {
    expect(values(true)).not.toHaveProperty("image");
    expect(values(true, dev, true)).toMatchObject({
      image: { useDigest: false },
      operator: { image: { useDigest: false } },
    });
  });
});
