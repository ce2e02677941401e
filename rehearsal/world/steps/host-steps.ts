import { createHash } from "node:crypto";
import { Refusal } from "../refusal.ts";
import type { Step, StepContext } from "./step.ts";

/** A value that the script can't do without. @throws Refusal, as the script's own `: "${name:?}"` */
export function required({ machine, values }: StepContext, name: string): string {
  const value = values.get(name);
  if (value === undefined || value === "") throw new Refusal(`${machine.name}: ${name}: parameter null or not set`);
  return value;
}

/** @throws Refusal if a step that must come before hasn't run on the machine */
export function requireMark({ machine }: StepContext, mark: string, why: string): void {
  if (!machine.marks.has(mark)) throw new Refusal(`${machine.name}: ${why}`);
}

/** What the script prints in `print_facts`. */
function factsOf(context: StepContext): string {
  const { machine, world } = context;
  const server = required(context, "role") === "server";
  const origin = world.cloned.has(machine.name) ? "one image" : `${machine.name} ${machine.hostKey}`;
  return JSON.stringify({
    hostname: machine.name,
    machineId: createHash("md5").update(origin).digest("hex"),
    operatingSystem: "debian 12",
    raspberryPi: required(context, "architecture") === "arm64",
    architecture: required(context, "architecture"),
    kernel: "6.12.0",
    pageSize: 4096,
    cgroupVersion: 2,
    cgroupMemory: machine.memoryCgroup,
    interfaceName: "eth0",
    bootId: machine.bootId,
    memoryMebibytes: 8192,
    freeDiskMebibytes: 100_000,
    ...(server ? { fdatasyncMilliseconds: 1.8 } : {}),
    warnings: [],
  });
}

/** Refuses a member that the settings give another role or name, as `check_role` and `check_name_and_address`. */
const preflight: Step = (context) => {
  const { machine } = context;
  const [role, name] = [required(context, "role"), required(context, "name")];
  if (machine.member !== undefined && machine.member.nodeName !== name)
    throw new Refusal(
      `${machine.name} is a node of this cluster with the name ${machine.member.nodeName}, not ${name}`,
    );
  if (machine.member !== undefined && machine.member.role !== role)
    throw new Refusal(`${machine.name} is a node of this cluster with the role ${machine.member.role}, not ${role}`);
  // Cloud-init's end, and half a second of synchronous writes on a server.
  return { stdout: factsOf(context), seconds: 4 };
};

/** Each host listens since its preflight; nothing waits for an answer. */
const localNetwork: Step = (context) => {
  if (!required(context, "plan").includes(`host ${required(context, "name")} `))
    throw new Refusal(`${context.machine.name}: it isn't among the hosts whose ports it tries`);
  return { seconds: 1 };
};

/** What stands on a machine of the site's proxy: its routes, whoever reads them. */
function putProxy({ machine, values }: StepContext): void {
  const routes = values.get("proxyRoutes") ?? "";
  const isWhole = ["proxyOf", "aptProxy", "curlProxy"].every(
    (name) => ((values.get(name) ?? "") === "") === (routes === ""),
  );
  if (!isWhole) throw new Refusal(`${machine.name}: of the proxy's files some are missing`);
  if (routes === "") machine.marks.delete("proxy");
  else machine.marks.set("proxy", routes);
}

/** Asks for a reboot where the kernel's memory cgroup is off, as on a fresh Raspberry Pi OS. */
const prepare: Step = (context) => {
  const { machine } = context;
  required(context, "privateAddress");
  machine.marks.set("prepared", required(context, "name"));
  putProxy(context);
  const stdout = machine.memoryCgroup ? "ready" : `reboot-after ${machine.bootId}`;
  // apt-get update and a few packages: 12 s on the lab's hosts with images; the Pi's card and mirror take longer.
  return { stdout, seconds: 45 };
};

const reboot: Step = (context) => {
  const { machine } = context;
  const former = machine.bootId;
  if (required(context, "outcome") !== `reboot-after ${former}`) return { stdout: "none", seconds: 0 };
  machine.bootId = crypto.randomUUID();
  machine.memoryCgroup = true;
  return { stdout: former, seconds: 3 };
};

const awaitReboot: Step = (context) => {
  const { machine } = context;
  const former = required(context, "formerBoot");
  if (former === machine.bootId) throw new Refusal(`${machine.name}: it has not rebooted, though it was to.`);
  if (!machine.memoryCgroup) throw new Refusal(`${machine.name}: the kernel's memory cgroup is still off.`);
  // A Raspberry Pi 4 from SSD is back after about half a minute.
  return { stdout: machine.bootId, seconds: former === "none" ? 0 : 35 };
};

const installArtifacts: Step = (context) => {
  requireMark(context, "prepared", "artifacts are installed on a machine that was never prepared");
  const lines = required(context, "artifacts").split("\n");
  for (const line of lines) {
    const fields = line.split(" ");
    const [title, , , , sha256 = "", , checksumUrl = ""] = fields;
    if (fields.length !== 9) throw new Refusal(`${context.machine.name}: not an artifact's line: ${line}`);
    if (sha256 === "-" && checksumUrl === "-") throw new Refusal(`${title}: nothing says what its SHA-256 must be`);
  }
  context.machine.marks.set("artifacts", lines.join("\n"));
  // Some 150 MB at 10 MB/s on a shop's line, and their hashes.
  return { seconds: 18 };
};

const nfsServer: Step = (context) => {
  requireMark(context, "prepared", "an NFS server on a machine that was never prepared");
  context.machine.marks.set("nfs export", required(context, "path"));
  required(context, "clients");
  return { seconds: 20 };
};

/** Steps of the host room, and those on single hosts. */
export const hostSteps: Readonly<Record<string, Step>> = {
  preflight,
  "local-network": localNetwork,
  prepare,
  reboot,
  "await-reboot": awaitReboot,
  "install-artifacts": installArtifacts,
  "nfs-server": nfsServer,
};
