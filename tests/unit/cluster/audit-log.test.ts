import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { auditBoundService, auditPolicy } from "../../../components/cluster/audit-log.ts";
import { renderClusterConfig } from "../../../components/cluster/kubeadm/kubeadm-config.ts";
import { cluster } from "../../../components/settings/schema/cluster.ts";

const run = promisify(execFile);
const script = fileURLToPath(new URL("../../../components/cluster/audit-bound.sh", import.meta.url));

interface Rule {
  readonly level: string;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly { readonly group: string; readonly resources?: readonly string[] }[];
  readonly nonResourceURLs?: readonly string[];
}
const policy: { readonly rules: readonly Rule[]; readonly omitStages: readonly string[] } = parse(auditPolicy);

interface Asked {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
}

const matches = <Value>(list: readonly Value[] | undefined, value: Value) => list === undefined || list.includes(value);

/** The level at which the API server logs a request: the first rule that matches says it (apiserver/pkg/audit/policy/checker.go). */
function levelOf({ user, groups = [], verb, group = "", resource }: Asked): string {
  const rule = policy.rules.find(
    (each) =>
      matches(each.users, user) &&
      (each.userGroups === undefined || each.userGroups.some((one) => groups.includes(one))) &&
      matches(each.verbs, verb) &&
      each.nonResourceURLs === undefined &&
      (each.resources === undefined ||
        each.resources.some((one) => one.group === group && (one.resources?.includes(resource) ?? true))),
  );
  return rule?.level ?? "None";
}

describe("the audit policy", () => {
  test("logs no body at any time, and so no Secret's content", () => {
    expect(new Set(policy.rules.map(({ level }) => level))).toEqual(new Set(["None", "Metadata"]));
  });

  test("logs who changes anything, and who reads Secrets or gets into pods and nodes", () => {
    const logged: readonly Asked[] = [
      { user: "anna", verb: "delete", group: "apps", resource: "deployments" },
      { user: "anna", verb: "patch", resource: "configmaps" },
      { user: "anna", verb: "create", group: "rbac.authorization.k8s.io", resource: "clusterrolebindings" },
      { user: "anna", verb: "get", resource: "secrets" },
      { user: "system:serviceaccount:a:b", verb: "list", resource: "secrets" },
      { user: "anna", verb: "create", resource: "pods/exec" },
      { user: "anna", verb: "get", resource: "pods/exec" },
      { user: "anna", verb: "get", resource: "nodes/proxy" },
      { user: "system:node:a", groups: ["system:nodes"], verb: "create", resource: "pods" },
      { user: "system:kube-scheduler", verb: "create", resource: "pods/binding" },
    ];
    for (const asked of logged) expect(levelOf(asked), JSON.stringify(asked)).toBe("Metadata");
  });

  test("leaves out what the cluster says to itself all the time, and what people only look at", () => {
    const silent: readonly Asked[] = [
      {
        user: "system:node:a",
        groups: ["system:nodes"],
        verb: "update",
        group: "coordination.k8s.io",
        resource: "leases",
      },
      { user: "system:node:a", groups: ["system:nodes"], verb: "patch", resource: "nodes/status" },
      { user: "system:node:a", groups: ["system:nodes"], verb: "get", resource: "secrets" },
      { user: "anna", verb: "list", resource: "pods" },
      { user: "system:kube-controller-manager", verb: "list", resource: "secrets" },
      { user: "anna", verb: "create", resource: "events" },
      { user: "anna", verb: "create", group: "authentication.k8s.io", resource: "selfsubjectreviews" },
      { user: "anna", verb: "create", group: "authorization.k8s.io", resource: "selfsubjectrulesreviews" },
    ];
    for (const asked of silent) expect(levelOf(asked), JSON.stringify(asked)).toBe("None");
  });

  test("reaches the API server: policy and log are mounted where its options say", () => {
    const settings = cluster.parse({ distribution: "kubeadm", version: "1.36.3", cni: "routed" });
    const plane = {
      clusterName: "c",
      settings,
      apiAddress: "10.0.0.5",
      certificateNames: [],
      environment: "hardware" as const,
      podSubnet: "10.42.1.0/24",
    };
    const text = renderClusterConfig(plane, { name: "a", address: "10.0.0.11" });
    const { apiServer } = parse(text.split("---\n")[1] ?? "");
    const value = (option: string) =>
      apiServer.extraArgs.find(({ name }: { readonly name: string }) => name === option).value;
    const mounts: string[] = apiServer.extraVolumes.map(({ mountPath }: { readonly mountPath: string }) => mountPath);
    expect(mounts).toContain(value("audit-policy-file"));
    expect(mounts.some((mount) => value("audit-log-path").startsWith(`${mount}/`))).toBe(true);
    expect(mounts).toContain(value("encryption-provider-config"));
    const [, directory = ""] = auditBoundService.match(/audit-bound (\S+) \d+/) ?? [];
    expect(value("audit-log-path")).toBe(`${directory}/audit.log`);
  });
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "grappe-audit-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the audit log's bound", () => {
  async function file(name: string, bytes: number, day: number): Promise<void> {
    await writeFile(join(folder, name), "");
    await truncate(join(folder, name), bytes);
    await utimes(join(folder, name), day * 86_400, day * 86_400);
  }
  const bound = (bytes: number) => run("bash", [script, folder, String(bytes)]);

  test("takes away the oldest, and never the one that is being written or what isn't the log's", async () => {
    await file("audit.log", 60, 4);
    await file("audit-2026-01-03T00-00-00.000.log.gz", 30, 3);
    await file("audit-2026-01-02T00-00-00.000.log", 20, 2);
    await file("audit-2026-01-01T00-00-00.000.log.gz", 10, 1);
    await file("notes.txt", 1_000, 1);
    await bound(120);
    expect(await readdir(folder)).toHaveLength(5);
    await bound(100);
    expect((await readdir(folder)).toSorted()).toEqual([
      "audit-2026-01-03T00-00-00.000.log.gz",
      "audit.log",
      "notes.txt",
    ]);
    await bound(10);
    expect((await readdir(folder)).toSorted()).toEqual(["audit.log", "notes.txt"]);
  });

  test("is silent where there is no log yet", async () => {
    await bound(10);
    await rm(folder, { recursive: true });
    await bound(10);
  });

  test("is below 200 MB", () => {
    expect(Number(/audit-bound \S+ (\d+)/.exec(auditBoundService)?.[1])).toBeLessThan(200_000_000);
  });
});
