import { describe, expect, it } from "vitest";
import { changed, rehearseStack, settingsOf, withHosts, withRoom } from "./stack.ts";

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

describe("two machines with one machine id", () => {
  it("are refused with the fix; once it is done the next up looks again, and finds what it found ever after", async () => {
    const life = await rehearseStack(settingsOf("pi"), { disturbance: { cloned: ["pi-2", "pi-5"] } });
    expect(life.phases[0]?.errors.join("\n")).toMatch(
      /pi-2, pi-5 have the same machine id [0-9a-f]{32}.*Fix: .*systemd-machine-id-setup/s,
    );
    // Refused, up, up again and a preview with nothing to do, destroy.
    expect(life.phases.map(({ op, ok }) => `${op} ${ok}`)).toEqual([
      ...["up false", "up true", "up true", "preview true", "destroy true"],
    ]);
    expect(life.problems).toEqual([]);
  });
});

describe("a role that is changed in place", () => {
  // Another host goes, so that the servers' number stays odd. One change at a time: the engine begins nothing more after a failure.
  it.each([
    ["pi-3", "agent", "pi-2", "pi-3 is a node of this cluster with the role server, not agent"],
    ["pi-4", "server", "pi-3", "pi-4 is a node of this cluster with the role agent, not server"],
  ])(
    "is refused by %s's preflight, which would become %s, before anything is done",
    async (name, role, gone, refusal) => {
      const settings = settingsOf("pi");
      const changedRole = withHosts(settings, (hosts) =>
        hosts.filter((host) => host.name !== gone).map((host) => (host.name === name ? { ...host, role } : host)),
      );
      const life = await rehearseStack(settings, { change: changedRole });
      expect(life.problems.join("\n")).toContain(refusal);
      expect(life.phases.map(({ op, ok }) => `${op} ${ok}`).slice(3)).toEqual(["up false", "up false", "destroy true"]);
      const touched = Object.values(changed(life)).flat();
      expect(touched.filter((touchedName) => !touchedName.endsWith("-preflight"))).toEqual([]);
      expect(life.leftovers).toEqual([]);
    },
  );
});
