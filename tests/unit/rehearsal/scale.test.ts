import { describe, expect, it } from "vitest";
import { widened, withAgents } from "../../../rehearsal/scale.ts";
import type { PlainConfiguration } from "../../../runtime/settings-files/settings-file.ts";

describe("more agents", () => {
  const host = (name: string, role: string, address: string) => ({ name, role, address, hostKey: "k", labels: {} });
  const machines: PlainConfiguration = {
    "grappe:site": {
      ...{ kind: "machines", network: "192.168.1.0/24", apiAddress: "192.168.1.10" },
      loadBalancerPool: ["192.168.1.100-192.168.1.200"],
      hosts: [host("s", "server", "192.168.1.2"), host("a", "agent", "192.168.1.3")],
    },
  };
  const hostsOf = (configuration: PlainConfiguration) => JSON.parse(JSON.stringify(configuration["grappe:site"])).hosts;

  it("get names, addresses and keys that nobody else has", () => {
    const hosts = hostsOf(withAgents(machines, 300));
    expect(hosts).toHaveLength(301);
    for (const key of ["name", "address", "hostKey"])
      expect(new Set(hosts.slice(1).map((one: Record<string, string>) => one[key])).size).toBe(300);
    expect(hosts.some((one: { address: string }) => /^192\.168\.1\.1\d\d$/.test(one.address))).toBe(false);
    expect(hostsOf(withAgents(machines, 0))).toHaveLength(1);
  });

  it("widen the range as far as it takes", () => {
    expect(widened("192.168.1.0/24", 200)).toBe("192.168.1.0/24");
    expect(widened("192.168.1.0/24", 500)).toBe("192.168.0.0/23");
  });

  it("are a pool's count on OpenStack", () => {
    const subnets = [{ name: "front", cidr: "10.0.0.0/24" }];
    const pool = (name: string) => ({ name, count: 1, subnet: "front" });
    const site = { kind: "openstack", networks: [{ subnets }], agentPools: [pool("x"), pool("y")] };
    const scaled = JSON.parse(JSON.stringify(withAgents({ "grappe:site": site }, 200)["grappe:site"]));
    expect(scaled.agentPools.map(({ count }: { count: number }) => count)).toEqual([199, 1]);
    expect(scaled.networks[0].subnets[0].cidr).toBe("10.0.0.0/22");
  });
});
