import { describe, expect, it } from "vitest";
import { ruleName, securityRules } from "../../../../components/site/openstack/security-rules.ts";
import { planSite } from "../../../../components/site/openstack/site-plan.ts";
import { minimal, type Rooms, settingsOf, systemFour } from "./settings-fixture.ts";

function namesOf(rooms: Rooms): string[] {
  const settings = settingsOf(rooms);
  if (settings.site.kind !== "openstack") throw new Error("not an OpenStack site");
  return planSite(settings, settings.site).rules.map(ruleName);
}

describe("securityRules", () => {
  it("lets administrators to the bastion and the bastion to the nodes, and nobody else by SSH", () => {
    const ssh = namesOf({ site: minimal }).filter((name) => name.includes("-tcp-22-"));
    expect(ssh).toEqual(["bastion-tcp-22-from-198.51.100.7-32", "nodes-tcp-22-from-bastion"]);
  });

  it("is the table of system 4 with kubeadm and Calico", () => {
    expect(namesOf({ site: systemFour })).toEqual([
      "bastion-tcp-22-from-198.51.100.0-24",
      "bastion-icmp-from-198.51.100.0-24",
      "nodes-tcp-22-from-bastion",
      "nodes-icmp-from-nodes",
      "nodes-icmp-from-bastion",
      "nodes-icmp-from-198.51.100.0-24",
      "servers-tcp-6443-from-bastion",
      "servers-tcp-6443-from-198.51.100.0-24",
      "servers-tcp-6443-from-nodes",
      "servers-tcp-2379-2380-from-servers",
      "servers-vrrp-from-servers",
      "nodes-tcp-10250-from-nodes",
      "nodes-udp-4789-from-nodes",
      "nodes-tcp-5473-from-nodes",
      "nodes-tcp-179-from-nodes",
      "nodes-tcp-7946-from-nodes",
      "nodes-udp-7946-from-nodes",
      "nodes-tcp-80-from-nodes",
      "nodes-tcp-80-from-0.0.0.0-0",
      "nodes-tcp-443-from-nodes",
      "nodes-tcp-443-from-0.0.0.0-0",
      // A forwarded SSH stays the administrators'.
      "nodes-tcp-22-from-198.51.100.0-24",
      "nodes-tcp-50000-50050-from-0.0.0.0-0",
    ]);
  });

  it.each([
    [{ cni: "flannel", flannelBackend: "vxlan" }, "nodes-udp-8472-from-nodes"],
    [{ cni: "flannel", flannelBackend: "wireguard-native" }, "nodes-udp-51820-from-nodes"],
    [{ cni: "flannel", flannelBackend: "host-gw" }, "nodes-any-from-nodes"],
    [{ cni: "routed" }, "nodes-any-from-nodes"],
  ])("opens what %o needs among nodes", (cluster, rule) => {
    expect(namesOf({ cluster })).toContain(rule);
  });

  it("opens no etcd, VRRP or public API where there is one server without a floating API", () => {
    const names = namesOf({ site: minimal });
    expect(names.filter((name) => /-2379-|-vrrp-|-6443-/.test(name))).toEqual([
      "servers-tcp-6443-from-bastion",
      "servers-tcp-6443-from-nodes",
    ]);
  });

  it("opens NFS to the nodes and the further clients where a host exports", () => {
    const nfs = { kind: "server", host: "server-1", allowedCidrs: ["10.9.0.0/24"] };
    const names = namesOf({ platform: { storage: { nfs } } }).filter((name) => name.includes("-2049-"));
    expect(names).toEqual(["nodes-tcp-2049-from-nodes", "nodes-tcp-2049-from-10.9.0.0-24"]);
  });

  it("opens no ingress where there is none", () => {
    expect(namesOf({ platform: {} }).filter((name) => /-(80|443)-/.test(name))).toEqual([]);
  });

  it("says everything once", () => {
    const settings = settingsOf({
      site: {
        ...minimal,
        openPorts: [80, 80].map((port) => ({ protocol: "tcp", from: port, to: port, cidr: "0.0.0.0/0" })),
      },
    });
    if (settings.site.kind !== "openstack") throw new Error("not an OpenStack site");
    const names = securityRules({ ...settings, site: settings.site, apiAddressIsVirtual: false }).map(ruleName);
    expect(new Set(names).size).toBe(names.length);
  });
});
