import { describe, expect, it } from "vitest";
import { rules } from "../../../components/settings/rules/rules.ts";
import { backupCases } from "./backup-cases.ts";
import { clusterCases } from "./cluster-cases.ts";
import { declaredAppCases } from "./declared-app-cases.ts";
import { networkCases } from "./network-cases.ts";
import { openstackCases } from "./openstack-cases.ts";
import { platformCases } from "./platform-cases.ts";
import { siteCases } from "./site-cases.ts";
import { change, problemsOf, stackConfig, stackFileConfig } from "./stack-files.ts";

const cases = [
  ...siteCases,
  ...networkCases,
  ...openstackCases,
  ...clusterCases,
  ...platformCases,
  ...backupCases,
  ...declaredAppCases,
];

describe("each rule", () => {
  it("has a case that breaks it", () => {
    expect(new Set(cases.map((each) => each.rule))).toEqual(new Set(Object.keys(rules)));
  });

  it.each(cases.map((each) => [`${each.rule}: ${each.what}`, each] as const))(
    "%s",
    (_, { stack, changes, paths, reason, fix }) => {
      const problems = problemsOf(stackConfig(change(stackFileConfig(stack), changes)));
      expect(problems.map((problem) => problem.path)).toEqual(paths);
      expect(problems[0]?.reason).toMatch(reason);
      expect(problems[0]?.fix).toMatch(fix);
    },
  );
});

describe("what rules let pass", () => {
  const passing: readonly [string, "pi" | "dev", Readonly<Record<string, unknown>>][] = [
    ["one server", "dev", { "site.servers.count": 1 }],
    ["seven servers", "dev", { "site.servers.count": 7 }],
    ["an upgrade by one minor", "dev", { "cluster.previousVersion": "1.35.9" }],
    ["an upgrade of a patch", "pi", { "cluster.previousVersion": "v1.36.4+k3s1" }],
    ["an older minor, to upgrade from", "dev", { "cluster.version": "1.35.2" }],
    ["flannel with kubeadm", "dev", { "cluster.cni": "flannel" }],
    [
      "Let's Encrypt's stand-in of a company for private names",
      "dev",
      {
        "platform.certificates": {
          authority: "letsEncrypt",
          environment: "production",
          email: "admin@grappe.dev",
          caServer: "https://ca.grappe.test/directory",
        },
      },
    ],
    ["fifty agents", "dev", { "site.agentPools.0.count": 50 }],
    [
      "system 5's addresses",
      "dev",
      {
        "site.servers.firstAddress": "3.7.12.10",
        "site.agentPools.0.firstAddress": "3.7.12.11",
        "site.agentPools.0.count": 2,
      },
    ],
    [
      "two machines behind one address at different ports",
      "pi",
      {
        "site.hosts.4.address": "gate.example.org",
        "site.hosts.4.privateAddress": "192.168.1.15",
        "site.hosts.5.address": "gate.example.org",
        "site.hosts.5.port": 2222,
        "site.hosts.5.privateAddress": "192.168.1.16",
      },
    ],
    ["one PostgreSQL instance on NFS", "dev", { "apps.odoo.postgres.storageClass": "nfs-client" }],
    ["placement by host name", "dev", { "apps.edge.placement": { "kubernetes.io/hostname": "space-2-1" } }],
  ];
  it.each(passing)("%s", (_, stack, changes) => {
    expect(problemsOf(stackConfig(change(stackFileConfig(stack), changes)))).toEqual([]);
  });
});
