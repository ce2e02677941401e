import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { newSshKeyPair } from "../../../components/host/ssh-key-pair.ts";
import { images, mounted } from "../operations/card/card-fixture.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const project = mkdtempSync(join(tmpdir(), "grappe-card-project-"));
const stackFile = join(project, "Pulumi.pi.yaml");
const example = readFileSync(join(root, "Pulumi.pi.yaml"), "utf8");
const publicKeyFile = join(project, "id.pub");

const grappe = (...parameters: string[]) =>
  spawnSync(join(project, "grappe"), ["card", ...parameters], { encoding: "utf8", cwd: project });

// The command writes into the project that it belongs to: a copy of this one.
beforeAll(() => {
  for (const part of [
    "grappe",
    "package.json",
    "index.ts",
    "components",
    "runtime",
    "lab",
    "operations",
    "command-line",
  ]) {
    cpSync(join(root, part), join(project, part), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
  writeFileSync(publicKeyFile, `${newSshKeyPair().publicKey} me@laptop\n`);
});
afterAll(() => rmSync(project, { recursive: true }));

let boot: string;
beforeEach(async () => {
  boot = await mounted(images.trixie);
  writeFileSync(stackFile, example);
});

describe("./grappe card", () => {
  it("writes the card, pins its key, and says what a person needs to know", () => {
    const { status, stdout, stderr } = grappe(
      ...["pi", "pi-2", "--boot", boot, "--public-key", publicKeyFile, "--new-host-key"],
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^The card of pi-2 is ready\. On it is Raspberry Pi OS of 2025-12-04\.$/m);
    expect(stdout).toMatch(/^ {2}ssh {7}grappe@192\.168\.1\.12$/m);
    expect(stdout).toMatch(/^ {2}host key {2}SHA256:\S{43}, pinned in Pulumi\.pi\.yaml$/m);
    expect(stdout).toMatch(/holds the host's private key: guard it/);
    expect(stdout).toMatch(/\.\/grappe up pi knows it then/);
    const before = example.split("\n");
    const changed = readFileSync(stackFile, "utf8")
      .split("\n")
      .filter((line, index) => line !== before[index]);
    expect(changed).toEqual([expect.stringMatching(/^ {8}hostKey: ssh-ed25519 \S+$/)]);
  });

  it("gives a program one object", () => {
    const parameters = ["pi", "pi-2", "--boot", boot, "--public-key", publicKeyFile, "--new-host-key", "--json"];
    expect(JSON.parse(grappe(...parameters).stdout)).toMatchObject({
      host: "pi-2",
      address: "192.168.1.12",
      remaining: [],
    });
    const [user] = parse(readFileSync(join(boot, "user-data"), "utf8")).users;
    expect(`${user.ssh_authorized_keys[0]} me@laptop\n`).toBe(readFileSync(publicKeyFile, "utf8"));
  });

  it.each([
    ["no folder", ["pi", "pi-2"], /Missing required argument: boot/],
    [
      "the example's host key",
      ["pi", "pi-2", "--boot", "CARD", "--public-key", publicKeyFile],
      /Fix: .*--new-host-key/,
    ],
  ])("ends with 2 and one sentence for %s, and touches nothing", (_what, parameters, message) => {
    const { status, stdout, stderr } = grappe(...parameters.map((each) => (each === "CARD" ? boot : each)));
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(readFileSync(stackFile, "utf8")).toBe(example);
    expect(readFileSync(join(boot, "user-data"), "utf8")).toBe(images.trixie["user-data"]);
  });
});
