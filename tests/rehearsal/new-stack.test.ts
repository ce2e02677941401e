import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type NewStackRequest, newStack } from "../../operations/new/new-stack.ts";
import { backendVariables, stackFolder } from "../../operations/stack-backend.ts";
import { ensurePulumi } from "../../runtime/toolchain/tools.ts";
import { ScriptedPerson } from "../unit/operations/new/scripted-person.ts";
import { type SshSite, sshSite } from "../unit/operations/new/ssh-site.ts";

const run = promisify(execFile);
let folder: string;
let project: string;
let environment: NodeJS.ProcessEnv;
let site: SshSite;
let said: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "grappe-new-stack-"));
  project = join(folder, "project");
  await mkdir(project);
  await writeFile(join(project, "Pulumi.yaml"), "name: grappe\nruntime: nodejs\n");
  const {
    PULUMI_BACKEND_URL: _,
    PULUMI_CONFIG_PASSPHRASE: __,
    PULUMI_CONFIG_PASSPHRASE_FILE: ___,
    ...own
  } = process.env;
  environment = { ...own, XDG_DATA_HOME: join(folder, "data"), PULUMI_HOME: join(folder, "pulumi") };
  site = await sshSite(folder, 3);
});
afterAll(async () => {
  site.stop();
  await rm(folder, { recursive: true });
});

function request(name: string, changes: Partial<NewStackRequest> = {}): NewStackRequest {
  said = [];
  const given = { addresses: site.addresses, key: site.keyFile, "dhcp-range": "none", backend: "local" };
  const hostKeys = { expected: site.hostKeys, acceptAll: false };
  return { name, given, hostKeys, project, environment, write: (line) => said.push(line), ...changes };
}

/** The CLI, led to the stack by what is remembered alone. */
async function pulumi(stack: string, ...parameters: readonly string[]): Promise<string> {
  const env = { ...environment, ...(await backendVariables(stack, environment)) };
  const { stdout } = await run(await ensurePulumi(), [...parameters, "--stack", stack], { cwd: project, env });
  return stdout;
}

async function everyFile(at: string): Promise<readonly string[]> {
  const entries = await readdir(at, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe("a new stack", () => {
  it("stands in its backend with its settings, and Pulumi needs no variable to read its secret", async () => {
    const { file } = await newStack(request("shop"));
    const key = await readFile(site.keyFile, "utf8");
    expect(await pulumi("shop", "config", "get", "grappe:sshPrivateKey")).toBe(`${key.trimEnd()}\n`);
    const text = await readFile(file, "utf8");
    const { config, encryptionsalt } = parse(text);
    expect(config["grappe:sshPrivateKey"].secure).toMatch(/^v1:/);
    expect(encryptionsalt).toMatch(/^v1:/);
    expect(text).toMatch(/^# yaml-language-server: /);
    expect(text).toMatch(/\n\n {2}grappe:cluster:\n/);
    const { passphraseFile, path } = stackFolder("shop", environment);
    expect((await stat(passphraseFile)).mode & 0o777).toBe(0o600);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect(said.at(-1)).toBe("Now: ./grappe up shop");
    // The key is nowhere in plain text, and nothing is left of the making.
    const body = key.split("\n")[2] ?? "";
    const files = [...(await everyFile(project)), ...(await everyFile(join(folder, "data")))];
    for (const each of files) expect(await readFile(each, "utf8")).not.toContain(body);
    expect(
      files
        .map((each) => each.replace(`${folder}/`, ""))
        .filter((each) => !each.includes("/state/"))
        .toSorted(),
    ).toEqual([
      "data/grappe/stacks/shop/backend.json",
      "data/grappe/stacks/shop/passphrase",
      "project/Pulumi.shop.yaml",
      "project/Pulumi.yaml",
    ]);
  });

  it("never overwrites one that is there, neither its settings nor its state", async () => {
    const before = await readFile(join(project, "Pulumi.shop.yaml"), "utf8");
    await expect(newStack(request("shop"))).rejects.toThrow(
      /Pulumi\.shop\.yaml is there already, and isn't overwritten/,
    );
    expect(await readFile(join(project, "Pulumi.shop.yaml"), "utf8")).toBe(before);

    // Of a stack whose settings are elsewhere, the state is somebody's cluster.
    await newStack(request("busy"));
    const deployment = JSON.parse(await pulumi("busy", "stack", "export"));
    const urn = "urn:pulumi:busy::grappe::pulumi:pulumi:Stack::grappe-busy";
    const resources = [{ urn, custom: false, type: "pulumi:pulumi:Stack" }];
    const state = join(folder, "state.json");
    await writeFile(state, JSON.stringify({ ...deployment, deployment: { ...deployment.deployment, resources } }));
    await pulumi("busy", "stack", "import", "--file", state);
    await rm(join(project, "Pulumi.busy.yaml"));
    await expect(newStack(request("busy"))).rejects.toThrow(
      /Stack busy exists in file:.* already, with 1 resources\. Take another/,
    );
    expect(await readdir(project)).not.toContain("Pulumi.busy.yaml");
  });

  it("goes on where a run was cut off after its record was made", async () => {
    await newStack(request("cut"));
    await rm(join(project, "Pulumi.cut.yaml"));
    await mkdir(join(project, ".grappe", "new", "cut"), { recursive: true });
    await newStack(request("cut"));
    expect(await pulumi("cut", "config", "get", "grappe:sshPrivateKey")).toBe(await readFile(site.keyFile, "utf8"));
  });

  it("left by Ctrl+C at any question leaves nothing half-written, and goes on with what was answered", async () => {
    const answers = [
      [/^Where the machines/, "machines"],
      [/^Addresses of the machines/, site.addresses],
      [/SSH private key/, site.keyFile],
      [/Are they the same/, true],
      [/DHCP/, "192.168.1.201-192.168.1.249"],
      [/^Which Kubernetes/, "kubeadm"],
      [/^Where Pulumi keeps/, "local"],
    ] as const;
    const asking = (leaveAt?: number) => {
      const person = new ScriptedPerson(answers, leaveAt);
      return { person, asked: request("left", { given: {}, hostKeys: { expected: [], acceptAll: false }, person }) };
    };
    for (const leaveAt of [0, 3, 4, 5, 8, 10]) {
      const { person, asked } = asking(leaveAt);
      await expect(newStack(asked)).rejects.toMatchObject({ name: "ExitPromptError" });
      expect(person.asked).toHaveLength(leaveAt);
      expect(await readdir(project)).not.toContain("Pulumi.left.yaml");
      expect(await everyFile(join(folder, "data", "grappe", "stacks", "left")).catch(() => [])).toEqual(
        leaveAt === 0 ? [] : [stackFolder("left", environment).answersFile],
      );
      if (leaveAt > 0)
        expect(await readFile(stackFolder("left", environment).answersFile, "utf8")).not.toMatch(/PRIVATE KEY/);
    }
    // Only what wasn't answered needs an answer now; fingerprints that were confirmed aren't asked for again.
    const rest = new ScriptedPerson([[/^Where Pulumi keeps/, "local"]]);
    await newStack(request("left", { given: {}, hostKeys: { expected: [], acceptAll: false }, person: rest }));
    expect(rest.asked.some(({ message }) => /Are they the same/.test(message))).toBe(false);
    expect(said[0]).toMatch(/answered the last time/);
    expect(parse(await readFile(join(project, "Pulumi.left.yaml"), "utf8")).config["grappe:cluster"].distribution).toBe(
      "kubeadm",
    );
    expect(await readdir(stackFolder("left", environment).path)).not.toContain("answers.json");
  });

  it("follows the environment where that names backend and passphrase, and refuses what contradicts it", async () => {
    const url = `file://${join(folder, "elsewhere")}`;
    const variables = { ...environment, PULUMI_BACKEND_URL: url, PULUMI_CONFIG_PASSPHRASE: "given" };
    const { backend: _, ...given } = request("given").given;
    await newStack(request("given", { given, environment: variables }));
    expect(await readdir(stackFolder("given", environment).path)).toEqual(["backend.json"]);
    expect(await everyFile(join(folder, "elsewhere"))).toContain(
      join(folder, "elsewhere", ".pulumi", "stacks", "grappe", "given.json"),
    );
    await expect(newStack(request("other", { environment: variables }))).rejects.toThrow(
      /PULUMI_BACKEND_URL is file:.*elsewhere, and would win over/,
    );
  });

  it.each([
    ["Shop", {}, /"Shop" can't be a stack's name/],
    ["a/b", {}, /can't be a stack's name/],
    ["nowhere", { backend: "ftp://x" }, /--backend: ftp:\/\/x is no backend\. Write local, cloud/],
    ["nowhere", { backend: "/dev/null/state" }, /\/dev\/null\/state.*can't be made/],
    ["nowhere", { backend: "https://127.0.0.1:1" }, /wants a log-in: \.\/grappe pulumi login https:\/\/127\.0\.0\.1:1/],
  ])("%s with %j is refused in a sentence, and nothing is written", async (name, given, expected) => {
    const asked = request(name);
    await expect(newStack({ ...asked, given: { ...asked.given, ...given } })).rejects.toThrow(expected);
    expect(await readdir(project)).not.toContain(`Pulumi.${name}.yaml`);
    expect(await readdir(join(project, ".grappe", "new")).catch(() => [])).toEqual([]);
  });
});
