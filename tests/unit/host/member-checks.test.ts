import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const script = readFileSync(new URL("../../../components/host/preflight/system-checks.sh", import.meta.url), "utf8");

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "grappe-member-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

/** What the checks find on a machine that the settings call pi-1, at 192.168.1.11. */
function findings(): string {
  const there = script.replaceAll(/(?<=[\s=(])\/(etc|var)\//g, `${root}/$1/`);
  const body = `finding() { printf '%s\\n' "$1"; }\n${there}\ncheck_name_and_address\n`;
  const values = {
    name: "pi-1",
    environment: "hardware",
    architecture: "arm64",
    role: "server",
    privateAddress: "192.168.1.11",
  };
  const result = spawnSync("bash", ["--norc", "-c", body], {
    encoding: "utf8",
    env: { PATH: process.env.PATH ?? "", ...values },
  });
  expect(result.stderr).toBe("");
  return result.stdout.trim();
}

const member = (name: string) => write("var/lib/grappe/kubernetes/member", `${name}\n`);

function k3sServer(address: string): void {
  write("etc/systemd/system/k3s.service", "");
  write("etc/rancher/k3s/config.yaml", `node-name: pi-1\nnode-ip: ${address}\nadvertise-address: ${address}\n`);
}

function kubelet(address: string): void {
  write("var/lib/kubelet/kubeadm-flags.env", `KUBELET_KUBEADM_ARGS="--node-ip=${address} --node-labels=a=b"\n`);
}

describe("a machine that is a node already", () => {
  it("is nothing of the kind where it never joined", () => {
    kubelet("192.168.1.9");
    expect(findings()).toBe("");
  });

  it("keeps its name", () => {
    member("pi-1");
    expect(findings()).toBe("");
    member("till-1");
    expect(findings()).toBe("is a node of this cluster with the name till-1; grappe:site hosts say: pi-1");
  });

  it.each([
    ["a server of k3s", k3sServer],
    ["a node of kubeadm", kubelet],
  ])("keeps its address, as %s", (_, make) => {
    member("pi-1");
    make("192.168.1.11");
    expect(findings()).toBe("");
    make("192.168.1.31");
    expect(findings()).toBe(
      "is a node of this cluster with the address 192.168.1.31; grappe:site hosts say: 192.168.1.11",
    );
  });

  it("takes another address as an agent of k3s", () => {
    member("pi-1");
    write("etc/systemd/system/k3s-agent.service", "");
    write("etc/rancher/k3s/config.yaml", "node-ip: 192.168.1.31\n");
    expect(findings()).toBe("");
  });
});
