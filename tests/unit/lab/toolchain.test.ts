import { expect, test } from "vitest";
import { planInstallation } from "../../../lab/toolchain/debian-packages.ts";
import { debianSources } from "../../../lab/toolchain/debian-root-filesystem.ts";
import { goModuleVersion, linkerFlags, requiredVersion } from "../../../lab/toolchain/go-module.ts";
import { goModules } from "../../../lab/toolchain/go-modules.ts";
import { progressOf } from "../../../lab/toolchain/progress.ts";
import { run, SubprocessError } from "../../../lab/toolchain/subprocess.ts";
import { pulumiModule, versionIn } from "../../../lab/toolchain/tools.ts";
import packageJson from "../../../package.json" with { type: "json" };

test("the CLI that is built is the SDK's own version", async () => {
  expect(await goModuleVersion(pulumiModule)).toBe(`v${packageJson.dependencies["@pulumi/pulumi"]}`);
});

test("a module's version stands in its go.mod, alone or in a block", () => {
  expect(requiredVersion("module x\n\nrequire a.test/b v1.2.3\n", "a.test/b")).toBe("v1.2.3");
  expect(requiredVersion("require (\n\ta.test/bc v9.0.0\n\ta.test/b v1.2.3 // indirect\n)\n", "a.test/b")).toBe(
    "v1.2.3",
  );
  expect(() => requiredVersion("module x\n", "a.test/b")).toThrow(/does not require/);
});

test("programs are told which version they are", () => {
  const flags = linkerFlags(goModules.kubernetes, "v1.36.3");
  expect(flags).toContain("-X k8s.io/component-base/version.gitVersion=v1.36.3");
  expect(flags).toContain("-X k8s.io/component-base/version.gitMinor=36");
});

test.each([
  ["v3.259.0\n", "3.259.0"],
  ['version.BuildInfo{Version:"v3.19.5", GitCommit:""}', "3.19.5"],
  ["v1.2.3-alpha.1", "1.2.3-alpha.1"],
  ["no version", undefined],
])("what a program says about itself: %j", (output, version) => {
  expect(versionIn(output)).toBe(version);
});

const shellcheck = { program: "shellcheck", debianPackage: "shellcheck" };
test("missing programs are installed by root on Debian's kin, else one error has the command", () => {
  const debian = 'PRETTY_NAME="Raspbian"\nID=raspbian\nID_LIKE=debian\n';
  expect(planInstallation([shellcheck, shellcheck], { osRelease: debian, isRoot: true })).toEqual({
    by: "apt",
    packages: ["shellcheck"],
  });
  expect(planInstallation([shellcheck], { osRelease: debian, isRoot: false })).toMatchObject({
    by: "user",
    message: expect.stringContaining("sudo apt-get install --yes --no-install-recommends shellcheck"),
  });
  const fedora = planInstallation([shellcheck], { osRelease: "ID=fedora\n", isRoot: true });
  expect(fedora).toMatchObject({ by: "user", message: expect.stringContaining("package manager") });
});

test("a lab takes its packages from where this computer takes them", () => {
  const targets = [
    "Debian|bookworm|main|http://mirror.test/debian/",
    "Debian|bookworm|main|http://mirror.test/debian/",
    "Debian|bookworm-security|main|http://mirror.test/security/",
    "Debian|trixie|main|http://mirror.test/debian/",
    "Docker|bookworm|main|http://other.test/",
  ].join("\n");
  expect(debianSources(targets, "bookworm")).toEqual([
    "deb http://mirror.test/debian/ bookworm main",
    "deb http://mirror.test/security/ bookworm-security main",
  ]);
});

test("another suite than the computer's comes from where the computer's does", () => {
  const targets =
    "Debian|bookworm|main|http://mirror.test/debian/\nDebian|bookworm-security|main|http://mirror.test/security/";
  expect(debianSources(targets, "trixie")).toEqual([
    "deb http://mirror.test/debian/ trixie main",
    "deb http://mirror.test/security/ trixie-security main",
  ]);
  expect(debianSources(targets, "sid")).toEqual(
    debianSources(targets, "sid").filter((line) => / sid main$/.test(line)),
  );
  expect(debianSources(targets, "sid")).not.toEqual([]);
  expect(debianSources("Ubuntu|noble|main|http://mirror.test/ubuntu/", "trixie")).toEqual([]);
});

test("a program's failure tells the command, its end and what it wrote last", async () => {
  await expect(run(["sh", "-c", "echo trouble >&2; exit 3"])).rejects.toThrow(/exit code 3\ntrouble/);
  await expect(run(["no-such-program"])).rejects.toBeInstanceOf(SubprocessError);
  expect((await run(["cat"], { input: "text" })).stdout).toBe("text");
  expect((await run(["sh", "-c", "exit 3"], { allowedCodes: [0, 3] })).code).toBe(3);
});

test("progress says who, what and the seconds", async () => {
  const lines: string[] = [];
  const progress = progressOf("bundle", (line) => lines.push(line));
  expect(await progress.during(() => "packing", Promise.resolve(7))).toBe(7);
  expect(lines).toEqual(["bundle: packing (0 s)\n"]);
});
