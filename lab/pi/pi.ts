import { progressOf } from "../../runtime/progress.ts";
import { defaultNetworks, type LabNetwork } from "../hardware/addresses.ts";
import { type ContainerEngine, containerEngine } from "../hardware/container-engine.ts";
import { copyIn } from "../hardware/copy-in.ts";
import { containerName, labLabel, networkName, networkParameters } from "../hardware/host-container.ts";
import { ensureInotifyLimits } from "../hardware/inotify-limits.ts";
import { countHosts, findNetworks } from "../hardware/inventory.ts";
import { systemdContainerParameters } from "../hardware/systemd-container.ts";
import { ensurePiImage } from "./pi-image.ts";

export interface PiSpec {
  /** The lab that it belongs to; `removeHosts` takes it away with the lab. */
  readonly lab: string;
  readonly name: string;
  /** Folder that is its card's boot partition. */
  readonly boot: string;
  /** An address of the network that nobody has: the engine gives it, and the Pi drops it when it is switched on. */
  readonly spareAddress: string;
  /** What netplan hands the network to: NetworkManager on Raspberry Pi OS, networkd on Ubuntu. */
  readonly renderer: "NetworkManager" | "networkd";
}

/** Makes sure that there are the image of a Pi and a lab's network for its Pis, and returns this. */
export async function preparePis(lab: string): Promise<LabNetwork> {
  const engine = await containerEngine();
  await ensurePiImage(engine);
  const networks = defaultNetworks(lab);
  if (!(await findNetworks(engine, lab)).includes(networkName(lab, "admin"))) {
    await engine.ensureNetworking();
    await engine.run(networkParameters(engine.kind, lab, "admin", networks));
  }
  return networks.admin;
}

/**
 * Switches on, for the first time, a computer that is to a card what a Pi with Raspberry Pi OS is: cloud-init reads the boot
 * partition, netplan hands the interface on, SSH is off. Its kernel and its firmware are this computer's, so config.txt and
 * cmdline.txt mean nothing to it.
 */
export async function switchOnPi({ lab, name, boot, spareAddress, renderer }: PiSpec): Promise<void> {
  const engine = await containerEngine();
  const image = await ensurePiImage(engine);
  await ensureInotifyLimits((await countHosts(engine)) + 1, progressOf(`lab ${lab}`));
  const container = systemdContainerParameters(engine, {
    name: containerName(lab, name),
    hostname: "raspberrypi",
    labels: [labLabel(lab)],
    network: networkOf(engine, lab, spareAddress),
    volume: `${boot}:/boot/firmware`,
    image,
  });
  // What follows process 1's path is to it what the kernel's command line is on a machine.
  const other = renderer === "networkd" ? "NetworkManager.service" : "systemd-networkd.service";
  await engine.run([...container, `systemd.mask=${other}`]);
  if (renderer === "networkd") await copyIn(engine, containerName(lab, name), networkdForAll);
  await engine.run(["start", containerName(lab, name)]);
}

const networkdForAll = {
  "etc/netplan/00-networkd-all.yaml": { text: "network:\n  version: 2\n  renderer: networkd\n", mode: 0o600 },
};

function networkOf({ kind }: ContainerEngine, lab: string, address: string): string[] {
  const network = networkName(lab, "admin");
  // podman would write /etc/hosts anew at every start.
  if (kind === "podman") return [`--network=${network}:ip=${address}`, "--no-hosts"];
  return [`--network=${network}`, `--ip=${address}`];
}

/** Cuts the power and gives it back. */
export async function restartPi(lab: string, name: string): Promise<void> {
  const engine = await containerEngine();
  await engine.run(["kill", "--signal=KILL", containerName(lab, name)]);
  await engine.run(["wait", containerName(lab, name)]);
  await engine.run(["start", containerName(lab, name)]);
}
