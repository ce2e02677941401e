import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { connect, execute, type SshTarget } from "../../components/host/cleanup/ssh-connection.ts";
import { loadScript } from "../../components/host/script.ts";
import { shellAssignments, shellQuote } from "../../components/host/shell-assignments.ts";
import { type SshAddress, sshAddressText } from "../host-keys/address-list.ts";
import type { HostKey } from "../host-keys/host-key.ts";

const machineFacts = z.strictObject({
  hostname: z.string(),
  machineId: z.string(),
  /** Such as `debian 12`. */
  operatingSystem: z.string(),
  /** `amd64`, `arm64`, or what the kernel calls another one. */
  architecture: z.string(),
  container: z.boolean(),
  raspberryPi: z.boolean(),
  /** Whether the user becomes root without a password. */
  root: z.boolean(),
  memoryMebibytes: z.int(),
  /** Under /var/lib. */
  freeDiskMebibytes: z.int(),
  disk: z.enum(["disk", "sd-card"]),
  /** `grappe`: a host of ours; a path: what shows another Kubernetes; empty: none. */
  kubernetes: z.string(),
  /** Of the default route; empty: none. */
  gateway: z.string(),
  interfaces: z.array(z.strictObject({ name: z.string(), address: z.string(), prefix: z.int() })),
});

/** What a machine is, as far as settings need it. */
export type MachineFacts = z.output<typeof machineFacts>;

/** A machine that was asked, by its pinned host key. */
export interface Machine extends HostKey {
  readonly facts: MachineFacts;
}

/** How one logs in to the machines. */
export interface Login {
  readonly user: string;
  /** OpenSSH private key without a passphrase. */
  readonly privateKey: string;
  /** The file that it came from, for errors. */
  readonly keyFile: string;
}

const loginMilliseconds = 20_000;

/** What stands behind a mark (pure), whatever a login shell prints around it. */
export function framed(output: string, mark: string): string | undefined {
  return output
    .split("\n")
    .find((line) => line.startsWith(`${mark}:`))
    ?.slice(mark.length + 1);
}

/** Reads (pure) what `machine-facts.sh` printed. @throws RunError that names the machine */
export function parseMachineFacts(machine: SshAddress, output: string): MachineFacts {
  const line = framed(output, "grappe-facts");
  const parsed = line === undefined ? undefined : machineFacts.safeParse(jsonOf(line));
  if (parsed?.success) return parsed.data;
  const said = output.trim().split("\n").at(-1) ?? "";
  throw new RunError(
    `${sshAddressText(machine)} doesn't say what it is: ${said || "it printed nothing"}. ` +
      "grappe runs on Debian 12 or 13, Raspberry Pi OS (64-bit) and Ubuntu 22.04 or newer, with bash and iproute2.",
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function runOn(machine: HostKey, login: Login, command: string, input: string): Promise<string> {
  const target: SshTarget = { ...machine, user: login.user, privateKey: login.privateKey };
  const result = await connect(target, loginMilliseconds);
  const where = sshAddressText(machine);
  if ("failure" in result) {
    const { kind, reason } = result.failure;
    if (kind === "login")
      throw new RunError(
        `${where} doesn't let ${login.user} in with ${login.keyFile}. ` +
          `Put the key's public half there: ssh-copy-id -i ${login.keyFile} ${portOption(machine)}${login.user}@${machine.address}`,
      );
    if (kind === "other-host-key")
      throw new RunError(
        `${where} shows ${reason} than a moment ago: two machines answer there. Give each its own address.`,
      );
    throw new RunError(`${where} doesn't answer over SSH any more (${reason}). Run this again once it does.`);
  }
  try {
    return (await execute(result.client, command, input)).output;
  } finally {
    result.client.end();
  }
}

const portOption = ({ port }: SshAddress) => (port === 22 ? "" : `-p ${port} `);

const factsScript = loadScript(import.meta.url, "./machine-facts.sh");
const neighboursScript = loadScript(import.meta.url, "./neighbours.sh");

/** Runs as the user who logs in: a script of ours for root would fail where sudo asks for a password. */
const commandOf = (text: string) => `exec bash -c ${shellQuote(text)}`;

/**
 * Asks machines what they are; changes nothing on them.
 *
 * @throws RunError that names every machine that couldn't be asked
 */
export async function readMachines(keys: readonly HostKey[], login: Login): Promise<readonly Machine[]> {
  const results = await Promise.allSettled(
    keys.map(async (key): Promise<Machine> => {
      const output = await runOn(key, login, commandOf(factsScript.text), "");
      return { ...key, facts: parseMachineFacts(key, output) };
    }),
  );
  const faults = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason.message)] : []));
  if (faults.length > 0) throw new RunError(faults.join("\n"));
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/**
 * Which of the addresses something holds, as seen from one machine on their network.
 *
 * @throws RunError if the machine can't be asked
 */
export async function readNeighbours(
  from: HostKey,
  login: Login,
  addresses: readonly string[],
): Promise<readonly string[]> {
  if (addresses.length === 0) return [];
  const input = shellAssignments({ addresses: addresses.join(" ") });
  const output = await runOn(from, login, commandOf(neighboursScript.text), input);
  const line = framed(output, "grappe-neighbours");
  if (line === undefined)
    throw new RunError(
      `${sshAddressText(from)} can't say which addresses are taken: ${output.trim().split("\n").at(-1)}.`,
    );
  return line.split(" ").filter((address) => address !== "");
}
