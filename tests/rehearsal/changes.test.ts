import { describe, expect, it } from "vitest";
import type { Standing } from "../../rehearsal/run.ts";
import { changed, rehearseStack, settingsOf, withHosts, withPools, withRoom } from "./stack.ts";

const newHostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJPjYup0ApdpQoqmiCNiZ0pimAFWvdvPVx1AP4eohe12";
/** The resource that keeps which machine each host is, and the step that looks at what is between them. */
const machines = ["local-network", "machines"];
const newServer = { name: "pi-7", role: "server", address: "192.168.1.17", hostKey: newHostKey };

describe("pi", () => {
  const settings = settingsOf("pi");

  it("takes an agent in and touches nothing else", async () => {
    const withoutSixth = withHosts(settings, (hosts) => hosts.slice(0, -1));
    const life = await rehearseStack(withoutSixth, { change: settings });
    expect(life.problems).toEqual([]);
    expect(changed(life)).toEqual({ create: expect.any(Array), update: machines });
    expect(changed(life).create?.every((name) => name.startsWith("pi-6-"))).toBe(true);
  });

  it("lets an agent go: drained, forgotten, cleaned", async () => {
    const life = await rehearseStack(settings, { change: withHosts(settings, (hosts) => hosts.slice(0, -1)) });
    expect(life.problems).toEqual([]);
    expect(changed(life)).toEqual({ delete: expect.any(Array), update: machines });
    expect(changed(life).delete).toContain("pi-6-membership");
    expect(changed(life).delete?.every((name) => name.startsWith("pi-6-"))).toBe(true);
  });

  it("loses its first server and gets another one, without a second bootstrap", async () => {
    const without = withHosts(settings, ([, ...hosts]) => [...hosts.slice(0, 2), newServer, ...hosts.slice(2)]);
    const life = await rehearseStack(settings, { change: without });
    expect(life.problems).toEqual([]);
    expect(changed(life).delete).toContain("pi-1-membership");
    expect(changed(life).create).toContain("pi-7-server");
    expect(Object.values(changed(life)).flat()).not.toContain("bootstrap");
  });

  it("replaces the first server's machine by another one of its name", async () => {
    const exchanged = withHosts(settings, ([first, ...hosts]) => [{ ...first, hostKey: newHostKey }, ...hosts]);
    const life = await rehearseStack(settings, { change: exchanged });
    expect(life.problems).toEqual([]);
    expect(changed(life).replace).toEqual(expect.arrayContaining(["pi-1-membership", "pi-1-server"]));
    expect(Object.values(changed(life)).flat()).not.toContain("bootstrap");
  });

  it.each([
    ["another one", "http://proxy.example.org:8080"],
    ["none", undefined],
  ])("learns of a proxy on every host, its login a secret; then of %s", async (_, later) => {
    const behind = (url: string) =>
      withRoom(settings, "site", (site) => ({ ...site, proxy: { url, user: "shop", noProxy: [".shop.lan"] } }));
    const found: (string | undefined)[] = [];
    const beforeDestroy = async ({ world }: Standing) => {
      found.push(...[...world.machines.values()].map(({ marks }) => marks.get("proxy")?.split("\n")[0]));
    };
    const change = later === undefined ? settings : behind(later);
    const life = await rehearseStack(behind("http://proxy.example.org:3128"), { change, beforeDestroy });
    expect(life.problems).toEqual([]);
    expect(found).toEqual(Array.from({ length: 6 }, () => later));
    const steps = ["preflight", "prepare", "membership"].flatMap((step) =>
      [1, 2, 3, 4, 5, 6].map((n) => `pi-${n}-${step}`),
    );
    expect(changed(life)).toEqual({ update: expect.arrayContaining([...steps, "pi-1-server", "pi-6-agent"]) });
  });

  it("upgrades its servers one after another, then its agents", async () => {
    const older = withRoom(settings, "cluster", (cluster) => ({ ...cluster, version: "v1.36.4+k3s1" }));
    const life = await rehearseStack(older, { change: settings });
    expect(life.problems).toEqual([]);
    const nodes = changed(life).update?.filter((name) => /-(server|agent)$/.test(name));
    expect(nodes).toEqual(["pi-1-server", "pi-2-server", "pi-3-server", "pi-4-agent", "pi-5-agent", "pi-6-agent"]);
    expect(changed(life).replace ?? []).toEqual([]);
  });
});

describe("dev", () => {
  const settings = settingsOf("dev");

  it("has an authority of its own in Pebble's place, and a name more in its certificate, and nothing else", async () => {
    const own = withRoom(settings, "platform", (platform) => ({ ...platform, certificates: { authority: "own" } }));
    const life = await rehearseStack(settings, { change: own });
    expect(life.problems).toEqual([]);
    expect(changed(life).create).toContain("own-authority-certificate");
    expect(changed(life).update).toContain("server-timers-server-1");
    expect(changed(life).delete).toEqual(expect.arrayContaining(["pebble-release", "traefik-acme-root"]));
    const named = withRoom(own, "platform", (platform) => ({
      ...platform,
      ingress: { dashboard: { host: "d.test" } },
    }));
    const again = await rehearseStack(own, { change: named });
    expect(again.problems).toEqual([]);
    expect(changed(again).update).toEqual(
      expect.arrayContaining(["own-authority-certificate", "server-timers-server-1", "traefik-release"]),
    );
    expect(changed(again)).not.toHaveProperty("replace");
  });

  it("gets certificates by DNS, and shows the provider's credentials nowhere", async () => {
    const certificates = {
      ...{ authority: "letsEncrypt", environment: "production", email: "admin@shop.berlin" },
      ...{ caServer: "https://ca.example.org/directory", dnsChallenge: { provider: "cloudflare" } },
    };
    const life = await rehearseStack(
      withRoom(settings, "platform", (platform) => ({ ...platform, certificates })),
      {},
    );
    expect(life.problems).toEqual([]);
    expect(life.leaks).toEqual([]);
  });

  it("takes an agent in and lets it go", async () => {
    const more = withPools(settings, ([first, ...pools]) => [{ ...first, count: 2 }, ...pools]);
    const taken = await rehearseStack(settings, { change: more });
    expect(taken.problems).toEqual([]);
    expect(changed(taken)).toEqual({ create: expect.any(Array), update: machines });
    const without = await rehearseStack(more, { change: settings });
    expect(without.problems).toEqual([]);
    expect(changed(without).delete).toContain("space-1-2-membership");
  });

  it("replaces instances by another image, and never rebuilds them", async () => {
    const image = withPools(settings, ([first, ...pools]) => [{ ...first, image: "debian-13" }, ...pools]);
    const life = await rehearseStack(settings, { change: image });
    expect(life.problems).toEqual([]);
    expect(changed(life).replace).toEqual(expect.arrayContaining(["space-1-1-instance", "space-1-1-membership"]));
  });

  it("resizes an instance in place", async () => {
    const flavor = withPools(settings, ([first, ...pools]) => [{ ...first, flavor: "m1.large" }, ...pools]);
    const life = await rehearseStack(settings, { change: flavor });
    expect(life.problems).toEqual([]);
    expect(changed(life)).toMatchObject({ update: expect.arrayContaining(["space-1-1-instance"]) });
    expect(changed(life).replace ?? []).toEqual([]);
  });
});
