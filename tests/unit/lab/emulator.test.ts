import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { binfmtLine } from "../../../lab/toolchain/emulator.ts";
import { run } from "../../../runtime/subprocess.ts";

const registrations = "/proc/sys/fs/binfmt_misc";
const emulated = join(import.meta.dirname, "..", "..", "..", "lab", "toolchain", "emulated.sh");

test("an emulator that lies elsewhere is registered by its package's own line, and opened beforehand", () => {
  const magic = String.raw`:qemu-aarch64:M::\x7f\x45\x4c\x46:\xff\xff\xff\xff`;
  expect(binfmtLine(`${magic}:/usr/libexec/qemu-binfmt/aarch64-binfmt-P:OPF\n`, "/cache/qemu")).toBe(
    `${magic}:/cache/qemu:OPF`,
  );
  expect(binfmtLine(`${magic}:/usr/bin/qemu-aarch64:`, "/cache/qemu")).toBe(`${magic}:/cache/qemu:F`);
  expect(() => binfmtLine("", "/cache/qemu")).toThrow(/another form/);
});

// Registrations of a user namespace's own came with Linux 6.7.
const [major = 0, minor = 0] = release().split(".").map(Number);
const isNewEnough = major > 6 || (major === 6 && minor >= 7);
const inNamespace = test.skipIf(process.getuid?.() !== 0 || !isNewEnough || !existsSync(registrations));

inNamespace(
  "programs are handed to the emulator in there, by every user, and the computer knows nothing of it",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "grappe-emulated-"));
    try {
      const program = join(folder, "program");
      await writeFile(program, "FOREIGN program\n");
      await Promise.all([chmod(program, 0o755), chmod(folder, 0o755)]);
      const before = await readdir(registrations);
      const line = ":grappe-test:M::FOREIGN::/bin/echo:";
      const seen = await run([emulated, line, "sh", "-c", `${program} espresso; stat --format %u /proc/1`]);
      expect(seen.stdout).toBe(`${program} espresso\n0\n`);
      expect(await readdir(registrations)).toEqual(before);
      await expect(run([program])).rejects.toThrow(/ENOEXEC|exec format|exit code/i);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

inNamespace("what can't be registered ends it at once", async () => {
  await expect(run([emulated, "nonsense", "true"], { timeoutMilliseconds: 10_000 })).rejects.toThrow("exit code 1");
});
