import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { RunError } from "@pulumi/pulumi/errors.js";
import { readBundle, verifyBundle } from "../../components/host/bundle.ts";
import { parseSettings } from "../../components/settings/parse.ts";
import { replaceTable } from "../../runtime/marked-table.ts";
import { stateFile } from "../../runtime/state/state-files.ts";
import { run } from "../../runtime/subprocess.ts";
import { ensurePrograms } from "../../runtime/toolchain/debian-packages.ts";
import { ensureBundle } from "../bring-up.ts";
import { createHosts, type Lab, removeHosts } from "../hardware/hosts.ts";
import { defaultBundle, openLabFolder, removeLabFolder, repository } from "../stack/lab-folder.ts";
import { fillSettings, hostNames, type LabSize, smallLab } from "../stack/lab-settings.ts";
import { committedSettings } from "../stack/lab-stack.ts";
import { writeBareFiles } from "./bare-files.ts";
import { areTargetsMet, type BringUpTimes, bringUpTable } from "./bench-table.ts";
import { awaitEndState, objectsOf } from "./end-state.ts";

const help = `Measures the lab's bring-up against its floor: the same nodes brought up by a bare script, side by side.

  npm run lab:bench -- [options]

  --size S+A      servers and agents; repeatable (default: 1+2 and 3+1)
  --name NAME     name of the lab that is measured; an existing one is removed (default: bench)
  --bundle DIR    the bundle that both install from (default: .grappe/bundle; made if missing)
  --write         puts the table into docs/lab.md

Both start with hosts that answer over SSH and end when the nodes are Ready and the applications answer; ours is the whole
command \`npm run lab\`, the start of Node.js included. Ends with 1 where a target is missed.
`;

interface Bench {
  readonly name: string;
  readonly bundle: string;
}

const write = (line: string): unknown => process.stdout.write(`${line}\n`);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

async function remove(lab: string): Promise<void> {
  await removeHosts(lab);
  await removeLabFolder(lab);
}

function freshHosts(lab: string, authorizedKey: string, size: LabSize): Promise<Lab> {
  return createHosts({ lab, hosts: hostNames(size), authorizedKey });
}

async function npmRunLab({ name, bundle }: Bench, { servers, agents }: LabSize): Promise<void> {
  const options = [
    "--name",
    name,
    "--servers",
    String(servers),
    "--agents",
    String(agents),
    "--small",
    "--bundle",
    bundle,
  ];
  const command = [process.execPath, join(repository, "command-line", "grappe.ts"), "lab", ...options] as const;
  const { stdout, code } = await run(command, { cwd: repository, allowedCodes: [0, 1] });
  write(stdout.trimEnd());
  if (code !== 0) throw new RunError(`./grappe lab ${options.join(" ")}: exit code ${code}`);
}

interface Ours {
  readonly ours: number;
  readonly noOp: number;
  readonly agentAdded?: number;
  readonly objects: readonly object[];
}

async function measureOurs(bench: Bench, size: LabSize, addsAgent: boolean): Promise<Ours> {
  await remove(bench.name);
  const { sshKey, backend, kubeconfig } = await openLabFolder(bench.name);
  await freshHosts(bench.name, sshKey.publicKey, size);
  const ours = await timed(() => npmRunLab(bench, size));
  const late = await awaitEndState(await readFile(kubeconfig, "utf8"), size.servers + size.agents);
  write(`ours: whole ${late.toFixed(1)} s after its end`);
  const noOp = await timed(() => npmRunLab(bench, size));
  const objects = objectsOf(await readFile(stateFile(backend, "grappe", "lab"), "utf8"));
  const more = { ...size, agents: size.agents + 1 };
  if (addsAgent) await freshHosts(bench.name, sshKey.publicKey, more);
  const agentAdded = addsAgent ? await timed(() => npmRunLab(bench, more)) : undefined;
  await remove(bench.name);
  return { ours, noOp, objects, ...(agentAdded === undefined ? {} : { agentAdded }) };
}

async function floorSettings(lab: Lab, size: LabSize, bundle: string, sshPrivateKey: string) {
  const filled = fillSettings(smallLab(await committedSettings()), { lab, hosts: hostNames(size), bundle });
  const values = Object.entries({ ...filled, "grappe:sshPrivateKey": sshPrivateKey }).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return parseSettings({
    stack: "floor",
    values: Object.fromEntries(values),
    secretKeys: new Set(["grappe:sshPrivateKey"]),
  });
}

async function measureFloor(bench: Bench, size: LabSize, objects: readonly object[]): Promise<number> {
  const name = `${bench.name}-floor`;
  await remove(name);
  const { sshKey } = await openLabFolder(name);
  const lab = await freshHosts(name, sshKey.publicKey, size);
  const settings = await floorSettings(lab, size, bench.bundle, sshKey.privateKey);
  const node = settings.hosts[0]?.privateAddress;
  const addresses = [`http://${node}:30500/sum?a=2&b=3`, `http://${node}:30600`];
  await ensurePrograms([{ program: "ssh", debianPackage: "openssh-client" }]);
  const folder = await mkdtemp(join(tmpdir(), "grappe-floor-"));
  try {
    const bundle = await readBundle(bench.bundle);
    await writeBareFiles(folder, { settings, bundle, lab, objects, addresses }, sshKey.privateKey);
    const floor = await timed(async () => {
      const { stdout } = await run(["bash", join(import.meta.dirname, "bare-bring-up.sh"), folder]);
      write(stdout.trimEnd());
    });
    const readKubeconfig = "sudo cat /etc/kubernetes/admin.conf";
    const { stdout: kubeconfig } = await run(["ssh", "-F", join(folder, "ssh_config"), "server-1", readKubeconfig]);
    const late = await awaitEndState(kubeconfig, size.servers + size.agents);
    write(`floor: whole ${late.toFixed(1)} s after its end`);
    return floor;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await remove(name);
  }
}

function parseSize(text: string): LabSize {
  const [, servers, agents] = text.match(/^(\d+)\+(\d+)$/) ?? [];
  if (servers === undefined) throw new RunError(`--size ${text}: it must be servers and agents, such as 1+2.`);
  return { servers: Number(servers), agents: Number(agents) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      size: { type: "string", multiple: true, default: ["1+2", "3+1"] },
      name: { type: "string", default: "bench" },
      bundle: { type: "string", default: defaultBundle },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const bench = { name: values.name, bundle: resolve(values.bundle) };
  await ensureBundle(bench.bundle, write);
  // Read once, so that neither of the two is the first to read it from the disk.
  await verifyBundle(await readBundle(bench.bundle));
  const times: BringUpTimes[] = [];
  for (const size of values.size) {
    const { objects, ...ours } = await measureOurs(bench, parseSize(size), size === values.size[0]);
    times.push({ size, ...ours, floor: await measureFloor(bench, parseSize(size), objects) });
    write(`\n${bringUpTable(times)}\n`);
  }
  if (values.write) await writeTable(times);
  process.exitCode = areTargetsMet(times) ? 0 : 1;
}

/** The table, and what it was measured on, in the lab's page. */
async function writeTable(times: readonly BringUpTimes[]): Promise<void> {
  const processors = cpus();
  const [load] = loadavg();
  const conditions = `${processors.length} × ${processors[0]?.model ?? "unknown processor"}, load ${load?.toFixed(1)} at the end, ${new Date().toISOString().slice(0, 10)}`;
  const page = join(repository, "docs", "lab.md");
  const text = await readFile(page, "utf8");
  await writeFile(page, replaceTable(text, `${bringUpTable(times)}\n\n${conditions}.`));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`lab:bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
