import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { exposedFlow } from "../../../components/apps/exposed-flow.ts";
import {
  amongOwn,
  askApi,
  askDns,
  type NetworkFlow,
  networkPolicySpec,
  platformFlows,
} from "../../../components/platform/network-flows.ts";
import { unenforcedPolicies } from "../../../components/settings/rules/versions.ts";

const page = readFileSync(new URL("../../../docs/security.md", import.meta.url), "utf8");

/** A flow as the page says it. */
function described({ direction, peer, ports, protocols = ["TCP"] }: NetworkFlow): string {
  const who = { own: "its own pods", pods: "every pod", anyone: "anyone" };
  const whom = typeof peer === "string" ? who[peer] : `pods of \`${peer.namespace}\``;
  const at = ports === undefined ? "" : ` at ${protocols.join(" and ")} ${ports.join(", ")}`;
  return `${direction === "in" ? "asked by" : "asks"} ${whom}${at}`;
}

describe("a namespace's flows", () => {
  test("none: nobody asks its pods, and they ask nobody", () => {
    expect(networkPolicySpec([])).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
  });

  test("are rules of their own, with a peer or without", () => {
    const web: NetworkFlow = { direction: "in", peer: { namespace: "traefik" }, ports: [8080], why: "" };
    const { ingress, egress } = networkPolicySpec([askDns, askApi, web, ...amongOwn]);
    expect(ingress).toEqual([
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "traefik" } } }],
        ports: [{ port: 8080, protocol: "TCP" }],
      },
      { from: [{ podSelector: {} }] },
    ]);
    expect(egress).toEqual([
      {
        ports: [
          { port: 53, protocol: "UDP" },
          { port: 53, protocol: "TCP" },
        ],
      },
      {
        ports: [
          { port: 443, protocol: "TCP" },
          { port: 6443, protocol: "TCP" },
        ],
      },
      { to: [{ podSelector: {} }] },
    ]);
  });

  test("are the page's", () => {
    const [, section = ""] = page.split("| namespace | flow | for |");
    const [table = ""] = section.split("\n\n");
    const rows = Object.entries(platformFlows).flatMap(([namespace, flows]) =>
      flows.map((flow) => `| \`${namespace}\` | ${described(flow)} | ${flow.why} |`),
    );
    expect(table.split("\n").filter((line) => line.startsWith("| `"))).toEqual(rows);
  });
});

test("an exposed application is asked by the ingress alone, or by anyone at its port", () => {
  const ingress = { namespace: "traefik" };
  const [behind] = exposedFlow({ by: "ingress" }, 8080, ingress);
  expect(behind).toMatchObject({ direction: "in", peer: { namespace: "traefik" }, ports: [8080] });
  for (const by of ["loadBalancer", "nodePort"] as const)
    expect(exposedFlow({ by }, 8080, ingress)).toMatchObject([{ direction: "in", peer: "anyone", ports: [8080] }]);
  expect(exposedFlow(undefined, 8080, ingress)).toEqual([]);
});

test("a pod network that enforces none is named", () => {
  const told = (distribution: "k3s" | "kubeadm", cni: "flannel" | "calico" | "routed") =>
    unenforcedPolicies({ distribution, cni });
  expect([told("k3s", "flannel"), told("kubeadm", "calico")]).toEqual([undefined, undefined]);
  for (const cni of ["flannel", "routed"] as const)
    expect(told("kubeadm", cni)).toMatch(new RegExp(`is ${cni}, which enforces no network policies`));
});
