import type { ContainerEngine } from "./container-engine.ts";

/** A container that is a computer: what differs from one to the next. */
export interface SystemdContainer {
  readonly name: string;
  readonly hostname: string;
  /** As `name=value`. */
  readonly labels: readonly string[];
  /** The parameters of its networks, rendered for the engine at hand. */
  readonly network: readonly string[];
  /** A volume and where it is mounted: a real file system under containers' layers, as overlay on overlay fails. */
  readonly volume: string;
  readonly image: string;
}

const podmanParameters = [
  // On cgroup v1 its own way mounts the whole computer's systemd hierarchy: a host's systemd and kubelet would remove
  // cgroups of the others, whose pods then die.
  "--systemd=false",
  "--env=container=podman",
  "--tmpfs=/run:mode=755",
  "--tmpfs=/run/lock",
  "--http-proxy=false",
];

/**
 * Renders (pure) the parameters that create a container with systemd as process 1: privileged, with its own cgroup root (else
 * the kubelet finds no kubepods.slice), as many processes as it likes, and stopped by the signal that systemd powers off on.
 */
export function systemdContainerParameters(
  engine: Pick<ContainerEngine, "kind" | "mayRaiseLimits">,
  { name, hostname, labels, network, volume, image }: SystemdContainer,
): string[] {
  return [
    "create",
    `--name=${name}`,
    `--hostname=${hostname}`,
    ...labels.map((label) => `--label=${label}`),
    "--privileged",
    "--cgroupns=private",
    "--pids-limit=-1",
    "--stop-signal=SIGRTMIN+3",
    "--restart=no",
    "--tmpfs=/tmp",
    ...(engine.kind === "podman" ? podmanParameters : ["--tmpfs=/run", "--tmpfs=/run/lock"]),
    ...(engine.kind === "podman" && !engine.mayRaiseLimits ? ["--ulimit=host"] : []),
    ...network,
    `--volume=${volume}`,
    image,
    "/sbin/init",
  ];
}
