import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cycleIn } from "../../rehearsal/timeline/resource-graph.ts";
import type { SettingsFile } from "../../runtime/settings-files/settings-file.ts";
import { rehearseStack, withHosts, withRoom } from "./stack.ts";

/** Each run is a whole life under the real engine. */
const runs = { numRuns: 4, seed: 20261121, endOnFailure: true };

const hostKey = (index: number) => {
  const blob = Buffer.concat([Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20"), Buffer.alloc(32, index + 1)]);
  return `ssh-ed25519 ${blob.toString("base64")}`;
};

interface Choice {
  readonly servers: number;
  readonly agents: number;
  readonly cluster: Record<string, unknown>;
  readonly hardware: boolean;
  readonly metallb: boolean;
  readonly localStorage: boolean;
  readonly label: string;
}

const choices: fc.Arbitrary<Choice> = fc.record({
  servers: fc.constantFrom(1, 3),
  agents: fc.integer({ min: 0, max: 2 }),
  cluster: fc.constantFrom(
    { distribution: "k3s", version: "v1.36.5+k3s1", cni: "flannel", flannelBackend: "host-gw" },
    { distribution: "kubeadm", version: "1.36.3", cni: "calico" },
    { distribution: "kubeadm", version: "1.36.3", cni: "flannel" },
    { distribution: "kubeadm", version: "1.36.3", cni: "routed" },
  ),
  hardware: fc.boolean(),
  metallb: fc.boolean(),
  localStorage: fc.boolean(),
  label: fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/),
});

/** Small systems of machines, every one of them valid. */
function settingsOfChoice(choice: Choice): SettingsFile {
  const { servers, agents, cluster, hardware, metallb, localStorage, label } = choice;
  const hosts = Array.from({ length: servers + agents }, (_, index) => ({
    name: `host-${index + 1}`,
    role: index < servers ? "server" : "agent",
    address: `10.20.0.${index + 11}`,
    hostKey: hostKey(index),
    architecture: index % 2 === 0 ? "arm64" : "amd64",
    labels: { "shop.example/row": label },
  }));
  const configuration = {
    "grappe:site": {
      ...{ kind: "machines", network: "10.20.0.0/24", apiAddress: "10.20.0.5", hosts },
      environment: hardware ? "hardware" : "container",
      loadBalancerPool: metallb ? ["10.20.0.100-10.20.0.120"] : [],
    },
    "grappe:cluster": cluster,
    "grappe:platform": {
      ...(metallb ? { loadBalancer: "metallb" } : {}),
      ...(localStorage ? { storage: { local: {}, defaultClass: "local-path" } } : {}),
    },
    "grappe:apps": {},
  };
  return { stack: "any", configuration, encryptedKeys: [] };
}

type Spoiling = readonly [setting: string, spoil: (settings: SettingsFile) => SettingsFile];

const spoilings: readonly Spoiling[] = [
  ["apiAddress", (all) => withRoom(all, "site", (site) => ({ ...site, apiAddress: "10.99.0.5" }))],
  ["network", (all) => withRoom(all, "site", (site) => ({ ...site, network: "10.20.0.0/33" }))],
  ["netwrok", (all) => withRoom(all, "site", (site) => ({ ...site, netwrok: "10.20.0.0/24" }))],
  ["version", (all) => withRoom(all, "cluster", (cluster) => ({ ...cluster, version: "latest" }))],
  ["podCidr", (all) => withRoom(all, "cluster", (cluster) => ({ ...cluster, podCidr: "10.20.0.0/16" }))],
  ["hosts", (all) => withHosts(all, (hosts) => [...hosts, ...hosts.slice(0, 1)])],
];

describe("any valid settings", () => {
  it("give an acyclic graph, a clean second up and an empty end", async () => {
    await fc.assert(
      fc.asyncProperty(choices, async (choice) => {
        const life = await rehearseStack(settingsOfChoice(choice));
        expect(life.problems).toEqual([]);
        expect(cycleIn(life.graph)).toBeUndefined();
        expect(life.leftovers).toEqual([]);
      }),
      runs,
    );
  });
});

describe("any invalid settings", () => {
  it("give an error that names the setting, and no resource", async () => {
    await fc.assert(
      fc.asyncProperty(choices, fc.constantFrom(...spoilings), async (choice, [setting, spoil]) => {
        const life = await rehearseStack(spoil(settingsOfChoice(choice)));
        expect(life.problems.join("\n")).toContain(setting);
        expect(life.resources).toBe(0);
        expect(life.phases[0]).toMatchObject({ ok: false, create: 0 });
      }),
      { ...runs, numRuns: 6 },
    );
  });
});
