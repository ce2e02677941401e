import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { fileSha256, readBundle } from "../../components/host/bundle.ts";
import { newSshKeyPair } from "../../components/host/ssh-key-pair.ts";
import { answerOf, ensureBundle } from "../../lab/bring-up.ts";
import { createHosts, type Lab, labUser, removeHosts } from "../../lab/hardware/hosts.ts";
import { defaultBundle, repository } from "../../lab/stack/lab-folder.ts";
import { run } from "../../runtime/subprocess.ts";
import { ownArchitecture } from "../../runtime/toolchain/go-module.ts";
import { timedInto } from "../engine-runs.ts";

const stack = "two-commands";
const settings = join(repository, `Pulumi.${stack}.yaml`);
const bundle = resolve(process.env.GRAPPE_LAB_BUNDLE ?? defaultBundle);
const timed = timedInto(process.env.GRAPPE_LAB_SECONDS);
const key = newSshKeyPair();

let lab: Lab;
/** What the commands keep on a computer, and the user's own files: gone after the test. */
let home: string;

const write = (text: string): unknown => process.stdout.write(text);

/** `./grappe` as a user has it, on a computer that never had a stack: nothing of Pulumi is in the environment. */
async function grappe(...parameters: readonly string[]): Promise<string> {
  const pulumi = Object.keys(process.env).filter((name) => name.startsWith("PULUMI_"));
  const env = { XDG_DATA_HOME: home, ...Object.fromEntries(pulumi.map((name) => [name, undefined])) };
  const options = { cwd: repository, env, onErrorLine: (line: string) => write(`${line}\n`) };
  return (await run([join(repository, "grappe"), ...parameters], options)).stdout;
}

/** The bundle's own kubectl, run on this computer. */
async function kubectlOfBundle(folder: string): Promise<string> {
  const { artifacts } = await readBundle(bundle);
  const found = artifacts.find(
    ({ kind, name, architecture }) => kind === "binary" && name === "kubectl" && architecture === ownArchitecture(),
  );
  if (found === undefined) throw new Error(`no kubectl in ${bundle}`);
  const file = join(folder, "kubectl");
  await writeFile(file, zstdDecompressSync(await readFile(join(bundle, found.file))), { mode: 0o755 });
  expect(await fileSha256(file)).toBe(found.unpackedSha256);
  return file;
}

beforeAll(async () => {
  await removeHosts(stack);
  await rm(settings, { force: true });
  home = await mkdtemp(join(tmpdir(), "grappe-new-"));
  await ensureBundle(bundle, (line) => write(`${line}\n`));
  lab = await createHosts({ lab: stack, hosts: ["till-1", "till-2"], authorizedKey: key.publicKey });
  await writeFile(join(home, "key"), key.privateKey, { mode: 0o600 });
});

afterAll(async () => {
  if (process.env.GRAPPE_LAB_KEEP !== undefined) return;
  await removeHosts(stack);
  for (const path of [settings, home]) await rm(path, { recursive: true, force: true });
});

const nodeList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
    }),
  ),
});

describe("two machines and two commands", () => {
  test("./grappe new reads the machines and writes a stack for them", async () => {
    const hostKeys = lab.hosts.flatMap(({ adminAddress, hostKey }) => ["--host-key", `${adminAddress}=${hostKey}`]);
    const answers = {
      addresses: lab.hosts.map(({ adminAddress }) => adminAddress).join(","),
      servers: "1",
      user: labUser,
      key: join(home, "key"),
      network: lab.networks.cluster.subnet,
      "dhcp-range": "none",
      bundle,
    };
    const options = Object.entries(answers).flatMap(([option, text]) => [`--${option}`, text]);
    const said = await timed("new, two machines", () => grappe("new", stack, "--local", ...options, ...hostKeys));
    write(said);
    expect(said).toContain(`Now: ./grappe up ${stack}`);
  });

  test("./grappe up makes a cluster of them", async () => {
    write(await timed("up of a new stack, two machines", () => grappe("up", stack, "--yes")));
    const told: unknown = JSON.parse(await grappe("status", stack, "--json"));
    expect(told).toMatchObject({ findings: [] });
  });

  test("./grappe output kubeconfig is a file that kubectl takes, and nothing else", async () => {
    const file = join(home, "kubeconfig");
    await writeFile(file, await grappe("output", "kubeconfig", stack), { mode: 0o600 });
    const kubectl = await kubectlOfBundle(home);
    const { stdout } = await run([kubectl, "--kubeconfig", file, "get", "nodes", "--output", "json"]);
    const nodes = nodeList
      .parse(JSON.parse(stdout))
      .items.map(({ metadata, status }) => [
        metadata.name,
        status.conditions.find(({ type }) => type === "Ready")?.status,
      ]);
    expect(nodes.toSorted()).toEqual(lab.hosts.map(({ name }) => [name, "True"]).toSorted());
  });

  test("its applications answer at the addresses among its outputs", async () => {
    const { urls } = z
      .object({ urls: z.record(z.string(), z.array(z.string())) })
      .parse(JSON.parse(await grappe("output", stack, "--json")));
    const [calculator] = urls.calculator ?? [];
    expect(JSON.parse(await answerOf(new URL("/sum?a=2&b=3", calculator).href, 60))).toMatchObject({ result: 5 });
  });

  test("./grappe destroy leaves machines that can be taken again", async () => {
    await timed("destroy of a new stack, two machines", () => grappe("destroy", stack, "--yes"));
    expect(JSON.parse(await grappe("output", stack, "--json"))).toEqual({});
  });
});
