import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { reservations, reservedMemoryValues } from "../../../components/cluster/reserved-memory.ts";

const run = promisify(execFile);
const libraries = fileURLToPath(new URL("../../../components/cluster/lib/", import.meta.url));

/** What a machine with so many MiB keeps from its pods: system's and kubelet's. */
async function kept(mebibytes: number, ...of: Parameters<typeof reservedMemoryValues>): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "grappe-memory-"));
  const memory = join(folder, "meminfo");
  const file = join(folder, "kubelet.conf.d", "10.conf");
  await writeFile(memory, `MemTotal:       ${mebibytes * 1_024} kB\nMemFree:        1 kB\n`);
  const script = `set -euo pipefail
. ${libraries}write-file.sh
. ${libraries}reserved-memory.sh
write_reserved_memory ${file} ${memory}`;
  await run("bash", ["-c", script], { env: { ...process.env, ...reservedMemoryValues(...of) } });
  const { kind, systemReserved, kubeReserved } = parse(await readFile(file, "utf8"));
  expect(kind).toBe("KubeletConfiguration");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await rm(folder, { recursive: true });
  return [systemReserved.memory, kubeReserved.memory];
}

describe("memory that pods don't get", () => {
  test("follows the machine's: a Pi of 1, 2, 4 and 8 GB, and a server", async () => {
    expect(await kept(900, "kubeadm", "agent")).toEqual(["64Mi", "64Mi"]);
    expect(await kept(1_850, "kubeadm", "agent")).toEqual(["96Mi", "96Mi"]);
    expect(await kept(3_790, "kubeadm", "server")).toEqual(["128Mi", "128Mi"]);
    expect(await kept(7_900, "k3s", "agent")).toEqual(["128Mi", "128Mi"]);
    expect(await kept(64_000, "kubeadm", "server")).toEqual(["256Mi", "256Mi"]);
  });

  test("is more on k3s' servers, whose control plane isn't in pods", async () => {
    expect(await kept(3_790, "k3s", "server")).toEqual(["128Mi", "512Mi"]);
  });

  test("leaves pods most of any machine", () => {
    for (const distribution of ["k3s", "kubeadm"] as const) {
      for (const role of ["server", "agent"] as const) {
        const rows = reservations(distribution, role);
        expect(rows[0]?.machine).toBe(0);
        expect(rows.map(({ machine }) => machine)).toEqual(
          rows.map(({ machine }) => machine).toSorted((a, b) => a - b),
        );
        for (const { machine, system, kube } of rows) {
          expect(system + kube).toBeLessThan(Math.max(machine, 900) * 0.3);
        }
      }
    }
  });
});
