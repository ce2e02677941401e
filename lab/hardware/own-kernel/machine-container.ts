import type { ContainerEngine } from "../container-engine.ts";
import type { SystemdContainer } from "../systemd-container.ts";

/** A container that holds a machine with a kernel of its own: what differs from one to the next. Its volume has the disk and the boot partition. */
export interface MachineContainer extends SystemdContainer {
  /** The folder of `ensureMachineFiles`. */
  readonly files: string;
  readonly memoryMebibytes: number;
}

/** Where the supervisor lies in the container, what it takes for the machine's kind, and the folder of what goes onto the machine's disk. */
export const supervisor = "opt/grappe-lab/supervise.sh";
export const kernelSupervision = "opt/grappe-lab/kernel.sh";
export const identity = "opt/grappe-lab/identity";

/**
 * Renders (pure) the parameters that create the container of a machine with a kernel of its own. The kernel is a program of this
 * computer's, or what emulates its processor is, so it runs with this computer's `/usr`; the image gives the rest.
 */
export function machineContainerParameters(
  engine: Pick<ContainerEngine, "kind" | "mayRaiseLimits">,
  machine: MachineContainer,
): string[] {
  return [
    "create",
    `--name=${machine.name}`,
    `--hostname=${machine.hostname}`,
    ...machine.labels.map((label) => `--label=${label}`),
    "--privileged",
    "--pids-limit=-1",
    "--stop-signal=SIGTERM",
    "--restart=no",
    "--tmpfs=/run:exec",
    "--tmpfs=/tmp",
    ...(engine.kind === "podman" ? ["--systemd=false", "--http-proxy=false"] : []),
    ...(engine.kind === "podman" && !engine.mayRaiseLimits ? ["--ulimit=host"] : []),
    ...machine.network,
    "--volume=/usr:/usr:ro",
    `--volume=${machine.files}:/own-kernel:ro`,
    `--volume=${machine.volume}:/machine`,
    machine.image,
    `/${supervisor}`,
    String(machine.memoryMebibytes),
  ];
}
