import { defaultNetworks, type LabNetwork } from "../hardware/addresses.ts";
import { type ContainerEngine, containerEngine } from "../hardware/container-engine.ts";
import { containerName, labLabel, networkName, networkParameters } from "../hardware/host-container.ts";
import { ensureInotifyLimits } from "../hardware/inotify-limits.ts";
import { countHosts, findNetworks } from "../hardware/inventory.ts";
import { systemdContainerParameters } from "../hardware/systemd-container.ts";
import { progressOf } from "../toolchain/progress.ts";
import { ensurePiImage } from "./pi-image.ts";

export interface PiSpec {
  /** The lab that it belongs to; `removeHosts` takes it away with the lab. */
  readonly lab: string;
  readonly name: string;
  /** Folder that is its card's boot partition. */
  readonly boot: string;
  /** The address that its interface has until what the card says is applied. */
  readonly firstAddress: string;
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
 * partition, netplan sets up the interface, SSH is off. Its kernel and its firmware are this computer's, so config.txt and
 * cmdline.txt mean nothing to it.
 */
export async function switchOnPi({ lab, name, boot, firstAddress }: PiSpec): Promise<void> {
  const engine = await containerEngine();
  const image = await ensurePiImage(engine);
  await ensureInotifyLimits((await countHosts(engine)) + 1, progressOf(`lab ${lab}`));
  await engine.run(
    systemdContainerParameters(engine, {
      name: containerName(lab, name),
      hostname: "raspberrypi",
      labels: [labLabel(lab)],
      network: networkOf(engine, lab, firstAddress),
      volume: `${boot}:/boot/firmware`,
      image,
    }),
  );
  await engine.run(["start", containerName(lab, name)]);
}

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
