import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { controls } from "../../../components/cluster/cis/controls.ts";
import { renderKubeletConfig, renderServerConfig } from "../../../components/cluster/k3s/k3s-config.ts";
import { renderK3sUnit } from "../../../components/cluster/k3s/k3s-unit.ts";
import { renderInitConfig } from "../../../components/cluster/kubeadm/kubeadm-config.ts";
import { cluster } from "../../../components/settings/schema/cluster.ts";
import { checks, failure, optionsOf, type Shown, valueAt } from "../../cis/benchmark.ts";

/** How many controls each chapter of the benchmark 1.12 has. */
const chapters: readonly (readonly [string, number])[] = [
  ["1.1", 21],
  ["1.2", 30],
  ["1.3", 7],
  ["1.4", 2],
  ["2", 7],
  ["3.1", 3],
  ["3.2", 2],
  ["4.1", 10],
  ["4.2", 14],
  ["4.3", 1],
  ["5.1", 13],
  ["5.2", 12],
  ["5.3", 2],
  ["5.4", 2],
  ["5.5", 1],
  ["5.6", 4],
];
const numbers = chapters.flatMap(([chapter, count]) =>
  Array.from({ length: count }, (_, index) => `${chapter}.${index + 1}`),
);

const environment = "hardware" as const;
const node = { name: "server-1", address: "10.0.0.11", labels: {}, taints: [], environment };

/** What kubeadm's programs get from us: their manifests have more, which kubeadm writes. */
function renderedForKubeadm(): Shown {
  const settings = cluster.parse({ distribution: "kubeadm", version: "1.36.3", cni: "routed" });
  const text = renderInitConfig(
    {
      clusterName: "c",
      settings,
      apiAddress: "10.0.0.5",
      certificateNames: [],
      environment,
      podSubnet: "10.42.1.0/24",
    },
    node,
    { id: "abcdef", secret: "0123456789abcdef" },
  );
  const kinds = Object.fromEntries(parseAllDocuments(text).map((each) => [each.toJS().kind, each.toJS()]));
  const options = (program: string) =>
    new Map<string, string>(
      kinds.ClusterConfiguration[program].extraArgs.map(({ name, value }: { name: string; value: string }) => [
        name,
        value,
      ]),
    );
  return {
    programs: {
      "kube-apiserver": options("apiServer"),
      "kube-controller-manager": options("controllerManager"),
      "kube-scheduler": options("scheduler"),
    },
    files: {},
    kubelet: kinds.KubeletConfiguration,
  };
}

function renderedForK3s(): Shown {
  const settings = cluster.parse({ distribution: "k3s", version: "v1.36.5+k3s1" });
  const config = parse(renderServerConfig({ ...node, settings, apiAddress: "10.0.0.5", certificateNames: [] }));
  const options = (key: string) => optionsOf(config[key].map((each: string) => `--${each}`));
  return {
    programs: {
      "kube-apiserver": options("kube-apiserver-arg"),
      "kube-controller-manager": options("kube-controller-manager-arg"),
      "kube-scheduler": options("kube-scheduler-arg"),
    },
    files: {},
    kubelet: parse(renderKubeletConfig(settings)),
  };
}

describe("controls of the CIS benchmark", () => {
  test("are all there, in order, each with an answer", () => {
    expect(controls.map(({ number }) => number)).toEqual(numbers);
    expect(controls.filter(({ answer }) => answer === "")).toEqual([]);
  });

  test("that the benchmark's own checks decide are looked at in the lab, every one", () => {
    const looked = new Set(checks.map(({ number }) => number));
    const automated = controls.filter((control) => control.automated).map(({ number }) => number);
    expect(automated.filter((number) => !looked.has(number))).toEqual([]);
    expect(automated).toHaveLength(65);
  });

  for (const control of controls) {
    const { number, sets, setsByKubeadm } = control;
    if (sets === undefined && setsByKubeadm === undefined) continue;
    test(`${number}: ${control.asks}: what is rendered passes the benchmark's check`, () => {
      const own = checks.filter((check) => check.number === number);
      expect(own.length).toBeGreaterThan(0);
      expect(own.map((check) => failure(check, renderedForKubeadm()))).toEqual(own.map(() => undefined));
      if (sets === undefined) return;
      expect(own.map((check) => failure(check, renderedForK3s()))).toEqual(own.map(() => undefined));
    });
  }

  test("fail where what they ask for isn't so", () => {
    const nothing: Shown = { programs: {}, files: {}, kubelet: {} };
    const passing = checks.filter((check) => failure(check, nothing) === undefined).map(({ number }) => number);
    // Kubernetes' own defaults, that need not be written down.
    expect(passing).toEqual(["4.2.2", "4.2.4", "4.2.6", "4.2.10"]);
    const mode = { number: "4.1.9", role: "node", file: "/f", mode: 0o600 } as const;
    const files = { "/f": { mode: 0o644, owner: "root:root" } };
    expect(failure(mode, { ...nothing, files })).toBe("4.1.9: /f is 644");
    expect(valueAt({ a: { b: 1 } }, "a.b")).toBe(1);
  });

  test("k3s: what its guide adds stands in its own configuration", () => {
    const settings = cluster.parse({ distribution: "k3s", version: "v1.36.5+k3s1" });
    const config = parse(renderServerConfig({ ...node, settings, apiAddress: "10.0.0.5", certificateNames: [] }));
    expect(config).toMatchObject({ "secrets-encryption": true, "write-kubeconfig-mode": "0600" });
    // Nothing takes back what k3s sets by itself, and no option stands there twice: the last one would count alone.
    for (const key of ["kube-apiserver-arg", "kube-controller-manager-arg", "kube-scheduler-arg"]) {
      const names: string[] = config[key].map((each: string) => each.replace(/=.*/, ""));
      expect(new Set(names).size).toBe(names.length);
      expect(names).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(anonymous-auth|authorization-mode|bind-address|token-auth)/)]),
      );
    }
    expect(renderK3sUnit({ role: "server", address: "10.0.0.11" })).toContain(
      "ExecStartPost=-/bin/sh -c 'chmod 600 /var/lib/rancher/k3s/server/tls/*.crt'\n",
    );
    expect(renderK3sUnit({ role: "agent", address: "10.0.0.11" })).not.toContain("ExecStartPost");
  });

  test("stand in docs/security.md as they are here, row by row", () => {
    const page = readFileSync(new URL("../../../docs/security.md", import.meta.url), "utf8");
    const rows = controls.map((control) => {
      const { number, asks, answer, answerOfK3s, look } = control;
      const k3s = answerOfK3s === undefined ? answer : `${answer}. With k3s: ${answerOfK3s}`;
      return `| ${number}${control.automated ? "" : " m"} | ${asks} | ${k3s} | ${look === undefined ? "" : `\`${look}\``} |`;
    });
    expect(page.split("\n").filter((line) => /^\| \d/.test(line))).toEqual(rows);
  });
});
