import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether scripts can be run as on a machine of their own: that takes root, and a kernel that lets it make name spaces. */
export const hasNamespaces = process.getuid?.() === 0 && process.platform === "linux";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a script in name spaces of its own for network, mounts and processes: `lo` alone is up, /run and `empty` are empty in there,
 * /etc is a copy; what it does to them, and whatever it leaves running, is gone with it.
 */
export async function inOwnNamespace(script: string, empty: readonly string[] = ["/var/lib"]): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), "grappe-namespace-"));
  const mounts = ["/run", ...empty].map((path) => `mount -t tmpfs -o mode=755 none ${path}`);
  const own = [...mounts, "cp --archive /etc /run/etc", "mount --bind /run/etc /etc", "ip link set lo up"];
  await writeFile(join(folder, "script"), ["set -euo pipefail", ...own, `cd ${folder}`, script, ""].join("\n"));
  try {
    return await new Promise((resolve) => {
      const command = ["--net", "--mount", "--pid", "--fork", "--kill-child", "bash", "--norc", join(folder, "script")];
      execFile("unshare", command, { timeout: 60_000 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ code, stdout, stderr });
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
