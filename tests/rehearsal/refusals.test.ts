import { describe, expect, it } from "vitest";
import { rehearseStack, settingsOf, withHosts, withRoom } from "./stack.ts";

describe("wrong settings", () => {
  it("are refused all four at once, and nothing is registered", async () => {
    const twoServers = withHosts(settingsOf("pi"), (hosts) => hosts.slice(1));
    const withoutKey = withHosts(twoServers, ([{ hostKey: _key, ...first } = {}, ...hosts]) => [first, ...hosts]);
    const overlapping = withRoom(withoutKey, "site", (site) => ({
      ...site,
      loadBalancerPool: ["192.168.1.150-192.168.1.210"],
    }));
    const unknownKey = withRoom(overlapping, "cluster", (cluster) => ({ ...cluster, flanelBackend: "vxlan" }));
    const life = await rehearseStack(unknownKey);
    const report = life.problems.join("\n");
    expect(report).toContain("4 problems");
    expect(report).toMatch(/grappe:site\.hosts\b[\s\S]*server/);
    expect(report).toContain("grappe:site.loadBalancerPool");
    expect(report).toContain("flanelBackend");
    expect(report).toContain("hostKey");
    expect(life.phases).toHaveLength(1);
    expect(life.phases[0]).toMatchObject({ ok: false, create: 0 });
    expect(life.resources).toBe(0);
    expect(life.leftovers).toEqual([]);
    expect(life.leaks).toEqual([]);
  });
});
