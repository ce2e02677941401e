import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { refusedOfApplications } from "./refused-of-applications.ts";
import { refusedOfCluster } from "./refused-of-cluster.ts";
import { refusedOfHosts } from "./refused-of-hosts.ts";
import { refusedOfPlatform } from "./refused-of-platform.ts";
import { change, problemsOf, stackConfig, stackFileConfig } from "./stack-files.ts";
import { taken } from "./taken-by-readers.ts";

/** Values that what reads a setting refuses, and that the settings therefore refuse. */
const refused = [...refusedOfHosts, ...refusedOfCluster, ...refusedOfPlatform, ...refusedOfApplications];

/** Folders below /var/lib/grappe that any part of the program names, and what the cleanup deletes. */
function foldersInUse(): readonly string[] {
  const root = new URL("../../../", import.meta.url);
  const texts = globSync("components/**/*.{ts,sh}", { cwd: root }).filter((file) => !file.includes("settings/schema"));
  const named = texts.flatMap((file) => {
    const text = readFileSync(new URL(file, root), "utf8");
    const own = [...text.matchAll(/(?:\/var\/lib\/grappe|\$state)\/([a-z-]+)/g)].map(
      ([, name]) => `/var/lib/grappe/${name}`,
    );
    const deleted = file.includes("host/cleanup/")
      ? [...text.matchAll(/(?<=[\s'])\/(?:var|opt|usr)\/[a-z0-9/-]+/g)]
      : [];
    return [...own, ...deleted.map(([path]) => path.replace(/\/$/, ""))];
  });
  return [...new Set(named)].filter((path) => path !== "/var/lib/grappe/volumes");
}

describe("folders for data", () => {
  it("are none that grappe uses, or deletes in the end", () => {
    const folders = foldersInUse();
    expect(folders).toEqual(expect.arrayContaining(["/var/lib/grappe/images", "/opt/cni", "/var/log/pods"]));
    for (const folder of folders.flatMap((path) => [path, `${path}/x`])) {
      const [problem] = problemsOf(
        stackConfig(change(stackFileConfig("pi"), { "platform.storage.local": { path: folder } })),
      );
      expect(`${folder}: ${problem?.path}`).toBe(`${folder}: grappe:platform.storage.local.path`);
    }
  });
});

describe("what a reader refuses is refused by the settings, with a fix", () => {
  const cases = refused.flatMap(([what, stack, changes, values]) =>
    values.map((value) => [what, JSON.stringify(value), stack, changes(value)] as const),
  );

  it.each(cases)("%s: %s", (_what, _value, stack, changes) => {
    const problems = problemsOf(stackConfig(change(stackFileConfig(stack), changes)));
    expect(problems.length).toBeGreaterThan(0);
    for (const { reason, fix } of problems) {
      expect(reason).toMatch(/[.!?]$/);
      expect(fix.length).toBeGreaterThanOrEqual(10);
      expect(`${reason} ${fix}`).not.toMatch(/Invalid|pattern|regex|undefined/);
    }
  });
});

describe("what a reader takes is taken", () => {
  it.each(taken)("%s", (_what, stack, changes) => {
    const problems = problemsOf(stackConfig(change(stackFileConfig(stack), changes)));
    // A secret that these settings call for is no matter here.
    expect(problems.filter(({ path }) => !/^grappe:(etcdS3|backup)SecretKey$/.test(path))).toEqual([]);
  });
});

describe("taints", () => {
  it("of one key and effect are refused, as the kubelet refuses duplicated ones", () => {
    const twice = [1, 2].map((value) => ({ key: "dedicated", value: String(value), effect: "NoSchedule" }));
    const problems = problemsOf(stackConfig(change(stackFileConfig("pi"), { "site.hosts.3.taints": twice })));
    expect(problems).toEqual([
      {
        path: "grappe:site.hosts[3].taints[1]",
        reason: expect.stringMatching(/second taint dedicated/),
        fix: "Remove one.",
      },
    ]);
  });

  it("of servers lead to the setting that sets theirs", () => {
    const changes = {
      "cluster.schedulableServers": false,
      "site.hosts.0.taints": [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
    };
    const [problem] = problemsOf(stackConfig(change(stackFileConfig("pi"), changes)));
    expect(problem?.fix).toContain("schedulableServers: false");
  });
});
