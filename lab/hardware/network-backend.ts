import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { ensurePrograms, type PackagedProgram } from "../../runtime/toolchain/debian-packages.ts";

/** The programs by which podman makes bridges and gives containers their addresses; all of its containers use the same. */
export type NetworkBackend = "netavark" | "cni";

/** Folders in which podman looks for its own programs (containers.conf, `helper_binaries_dir`). */
const podmanFolders = ["/usr/local/libexec/podman", "/usr/local/lib/podman", "/usr/libexec/podman", "/usr/lib/podman"];

/** Folders in which podman looks for CNI plugins (containers.conf, `cni_plugin_dirs`). */
const cniFolders = ["/usr/local/libexec/cni", "/usr/libexec/cni", "/usr/local/lib/cni", "/usr/lib/cni", "/opt/cni/bin"];

/** What each back end is made of. netavark calls iptables, which its package does not ask for. */
const backendPrograms: Readonly<Record<NetworkBackend, readonly PackagedProgram[]>> = {
  netavark: [
    { program: "netavark", debianPackage: "netavark", folders: podmanFolders },
    { program: "iptables", debianPackage: "iptables" },
  ],
  // One of the plugins stands for all; iproute2 has another program `bridge`.
  cni: [{ program: "host-local", debianPackage: "containernetworking-plugins", folders: cniFolders }],
};

/** podman's package only recommends netavark, and podman then takes CNI: they are installed together. */
export const podmanPrograms: readonly PackagedProgram[] = [
  { program: "podman", debianPackage: "podman" },
  ...backendPrograms.netavark,
];

/** The first major version whose containers are in two networks with interfaces of given names. */
const oldestPodman = 4;

const podmanInfo = z.object({
  host: z.object({ networkBackend: z.string().optional() }),
  version: z.object({ Version: z.string() }),
});

/**
 * Tells (pure) podman's network back end from `podman info --format=json`.
 *
 * @throws if this podman can't run hosts of the lab
 */
export function networkBackendOf(info: string): NetworkBackend {
  const { host, version } = podmanInfo.parse(JSON.parse(info));
  const major = Number(version.Version.split(".")[0]);
  if (major < oldestPodman) {
    throw new RunError(
      `podman ${version.Version} is too old: hosts of the lab are in two networks, with interfaces of given names. Fix: podman ${oldestPodman} or newer (Debian 12, Ubuntu 24.04), or a running Docker.`,
    );
  }
  const { networkBackend } = host;
  if (networkBackend === "netavark" || networkBackend === "cni") return networkBackend;
  throw new RunError(
    `podman ${version.Version} has the network back end ${networkBackend ?? "(none)"}. Fix: set network_backend in containers.conf to netavark or cni.`,
  );
}

/**
 * Makes sure that podman can make networks, with the back end that it uses here: the newer netavark, or CNI where earlier
 * containers or images made it keep that one (`defaultNetworkBackend` in its storage), or a containers.conf names it.
 *
 * @param info what `podman info --format=json` prints
 */
export async function ensureNetworkBackend(info: string): Promise<NetworkBackend> {
  const backend = networkBackendOf(info);
  await ensurePrograms(backendPrograms[backend]);
  return backend;
}
