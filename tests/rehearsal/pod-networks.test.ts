import { describe, expect, it } from "vitest";
import { rehearseStack, settingsOf, withHosts, withRoom } from "./stack.ts";

/** One server and one agent of the Raspberry Pis, and nothing on them. */
const small = withRoom(
  withRoom(
    withHosts(settingsOf("pi"), (hosts) => [...hosts.slice(0, 1), ...hosts.slice(-1)]),
    "apps",
    () => ({}),
  ),
  "platform",
  () => ({ loadBalancer: "metallb" }),
);

const distributions = {
  k3s: {},
  kubeadm: { distribution: "kubeadm", version: "1.36.3" },
};

describe("Cilium in kube-proxy's place", () => {
  it.each(Object.entries(distributions))(
    "is the pod network of %s, from the first up to the end",
    async (_, changes) => {
      const network = { cni: "cilium", kubeProxy: false };
      const life = await rehearseStack(withRoom(small, "cluster", (before) => ({ ...before, ...changes, ...network })));
      expect(life.problems).toEqual([]);
      expect(life.leftovers).toEqual([]);
      const releases = [...life.graph.values()].filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
      expect(releases.map(({ name }) => name).toSorted()).toEqual(["cilium", "metallb-release"]);
    },
  );
});
