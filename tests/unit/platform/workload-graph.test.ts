import { describe, expect, test } from "vitest";
import { change, stackFileConfig } from "../settings/stack-files.ts";
import { graphOf, resource } from "./registered-graph.ts";

const pi = () => stackFileConfig("pi");

describe("a workload", () => {
  test("moves by one changed setting, one pod after another", async () => {
    const spec = async (placement: Record<string, string>) => {
      const labels = { "site.hosts.4.labels": { PoP: "space_1" }, "site.hosts.5.labels": { PoP: "space_2" } };
      const graph = await graphOf(change(pi(), { ...labels, "apps.edge": { placement } }));
      return resource(graph, "edge-app-deployment").inputs.spec;
    };
    const one = await spec({ PoP: "space_1" });
    const two = await spec({ PoP: "space_2" });
    expect(one).toMatchObject({
      replicas: 3,
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: { spec: { nodeSelector: { PoP: "space_1" } } },
    });
    const text = (value: unknown) => JSON.stringify(value);
    expect(text(two)).toBe(text(one).replaceAll("space_1", "space_2"));
  });

  test("is restricted, probed, limited, and leaves its Service before it ends", async () => {
    const graph = await graphOf(change(pi(), { "apps.calculator": {} }));
    expect(resource(graph, "calculator-sum-deployment").inputs.spec).toMatchObject({
      template: {
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              command: ["node", "/app/main.ts", "sum"],
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              readinessProbe: { httpGet: { path: "/readyz", port: 50001 } },
              livenessProbe: { httpGet: { path: "/healthz", port: 50001 } },
              resources: { requests: { memory: "128Mi" }, limits: { memory: "128Mi" } },
              lifecycle: { preStop: { sleep: { seconds: 5 } } },
            },
          ],
        },
      },
    });
  });

  test("the calculator finds its backends by their Services", async () => {
    const graph = await graphOf(change(pi(), { "apps.calculator": {} }));
    const text = JSON.stringify(resource(graph, "calculator-calculator-deployment").inputs);
    for (const [role, port] of [
      ["sum", 50001],
      ["sub", 50002],
      ["mul", 50003],
      ["div", 50004],
    ]) {
      expect(text).toContain(`http://${role}.calculator.svc:${port}`);
    }
    const service = resource(graph, "calculator-calculator-service").inputs.spec;
    expect(service).toMatchObject({ type: "NodePort", ports: [{ port: 50000, nodePort: 30500 }] });
  });

  test("a drain takes one pod at a time, and never waits for one that doesn't serve", async () => {
    const names = async (replicas: number) => {
      const graph = await graphOf(change(pi(), { "apps.edge": { replicas } }));
      return graph.resources.filter(({ type }) => type.includes("PodDisruptionBudget"));
    };
    expect(await names(1)).toEqual([]);
    expect((await names(3))[0]?.inputs.spec).toMatchObject({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    });
  });
});
