import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { newSshKeyPair } from "../../components/host/ssh-key-pair.ts";
import { addressesOf, type HostAddresses, type LabNetworks } from "./addresses.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { copyIn, type Files } from "./copy-in.ts";
import { emulatedPi } from "./emulated/emulated-pi.ts";
import {
  connectParameters,
  containerName,
  createParameters,
  type HostContainer,
  type HostLabels,
  labLabel,
  volumeName,
} from "./host-container.ts";
import { identity, kernelSupervision, supervisor } from "./own-kernel/machine-container.ts";
import { ensureMachineFiles, type MachineKind } from "./own-kernel/machine-files.ts";
import { userModeLinux } from "./own-kernel/user-mode-linux.ts";

/** Memory, in MiB, of hosts with a kernel of their own, by their names. */
export type OwnKernels = Readonly<Record<string, number>>;

/** What a lab's hosts are made of. */
export interface HostsSpec {
  /** Name of the lab: lower-case letters, digits, hyphens. Several labs live side by side under different names. */
  readonly lab: string;
  /** Public SSH key that may log in. */
  readonly authorizedKey: string;
  /** The hosts with a kernel of their own, and how much memory each has. Default: none, all are containers. */
  readonly ownKernel?: OwnKernels;
  /** The hosts that are emulated machines of arm64, minutes slow, and how much memory each has. Default: none. */
  readonly emulated?: OwnKernels;
}

export interface NewHost {
  readonly spec: HostsSpec;
  readonly networks: LabNetworks;
  /** Who may log in. */
  readonly user: string;
  readonly image: string;
  readonly name: string;
  readonly slot: number;
}

interface Machine {
  readonly kind: MachineKind;
  readonly label: NonNullable<HostLabels["kernel"]>;
  readonly memoryMebibytes: number;
}

/** What a host of that name is (pure), if it isn't a container alone. */
export function machineOf({ ownKernel, emulated }: HostsSpec, name: string): Machine | undefined {
  const own = ownKernel?.[name];
  if (own !== undefined) return { kind: userModeLinux, label: "own", memoryMebibytes: own };
  const foreign = emulated?.[name];
  if (foreign !== undefined) return { kind: emulatedPi, label: "emulated", memoryMebibytes: foreign };
  return undefined;
}

/** Creates a host as a machine of its own: new host key, new machine id. It is not started. */
export async function createHost(engine: ContainerEngine, host: NewHost): Promise<void> {
  const { spec, networks, user, image, name, slot } = host;
  const key = newSshKeyPair();
  const machineId = randomBytes(16).toString("hex");
  const machine = machineOf(spec, name);
  const addresses = addressesOf(networks, slot);
  const container: HostContainer = {
    labels: {
      lab: spec.lab,
      host: name,
      slot,
      hostKey: key.publicKey,
      machineId,
      authorizedKey: spec.authorizedKey.trim(),
      ...(machine === undefined ? {} : { kernel: machine.label }),
    },
    addresses,
    image,
    ...(machine === undefined
      ? {}
      : { machine: { files: await ensureMachineFiles(machine.kind), memoryMebibytes: machine.memoryMebibytes } }),
  };
  const files: Files = {
    "etc/ssh/ssh_host_ed25519_key": { text: key.privateKey, mode: 0o600 },
    "etc/ssh/ssh_host_ed25519_key.pub": { text: `${key.publicKey}\n`, mode: 0o644 },
    [`etc/ssh/authorized_keys/${user}`]: { text: `${spec.authorizedKey.trim()}\n`, mode: 0o644 },
    "etc/machine-id": { text: `${machineId}\n`, mode: 0o444 },
    "etc/lab/admin-gateway": { text: `${networks.admin.gateway}\n`, mode: 0o644 },
  };
  await engine.run(["volume", "create", `--label=${labLabel(spec.lab)}`, volumeName(spec.lab, name)]);
  await engine.run(createParameters(engine, container));
  const connect = connectParameters(engine.kind, container);
  if (connect !== undefined) await engine.run(connect);
  const all =
    machine === undefined ? files : await machineFiles(files, { kind: machine.kind, name, networks, addresses });
  await copyIn(engine, containerName(spec.lab, name), all);
}

/** Whom this computer asks for names; where it asks itself, whom systemd-resolved asks: the machines aren't this computer. */
async function nameServers(): Promise<string> {
  const read = (file: string) => readFile(file, "utf8").catch(() => "");
  return (await read("/run/systemd/resolve/resolv.conf")) || (await read("/etc/resolv.conf"));
}

/** What a machine with a kernel of its own gets on its disk besides: an engine gives a container these. */
async function machineFiles(
  files: Files,
  {
    kind,
    name,
    networks,
    addresses,
  }: Pick<NewHost, "name" | "networks"> & { readonly kind: MachineKind; readonly addresses: HostAddresses },
): Promise<Files> {
  const { adminAddress, clusterAddress } = addresses;
  const own: Files = {
    ...files,
    "etc/hostname": { text: `${name}\n`, mode: 0o644 },
    "etc/hosts": { text: `127.0.0.1 localhost\n127.0.1.1 ${name}\n`, mode: 0o644 },
    "etc/resolv.conf": { text: await nameServers(), mode: 0o644 },
    "etc/lab/addresses": { text: `eth0 ${adminAddress}/24\neth1 ${clusterAddress}/24\n`, mode: 0o644 },
    "etc/systemd/timesyncd.conf": { text: `[Time]\nNTP=${networks.admin.gateway}\nFallbackNTP=\n`, mode: 0o644 },
  };
  const supervise = await readFile(join(import.meta.dirname, "own-kernel", "supervise.sh"), "utf8");
  return {
    [supervisor]: { text: supervise, mode: 0o755 },
    [kernelSupervision]: { text: await readFile(kind.supervision, "utf8"), mode: 0o644 },
    ...Object.fromEntries(Object.entries(own).map(([path, file]) => [`${identity}/${path}`, file])),
  };
}
