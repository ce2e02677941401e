import { expect, test } from "vitest";
import { goModules } from "../../../../lab/toolchain/go-modules.ts";
import packageJson from "../../../../package.json" with { type: "json" };
import { planInstallation } from "../../../../runtime/toolchain/debian-packages.ts";
import { goModuleVersion, linkerFlags, requiredVersion } from "../../../../runtime/toolchain/go-module.ts";
import { pulumiModule, versionIn } from "../../../../runtime/toolchain/tools.ts";

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
