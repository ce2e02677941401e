import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { cacheDirectory } from "../../runtime/cache.ts";
import { isInstalled, run, type SubprocessOptions, type SubprocessResult } from "../../runtime/subprocess.ts";
import { ensurePrograms } from "../../runtime/toolchain/debian-packages.ts";
import { ensureNetworkBackend, podmanPrograms } from "./network-backend.ts";

export type EngineKind = "podman" | "docker";

/** The container engine of this computer, and what of this computer decides how hosts run under it. */
export interface ContainerEngine {
  readonly kind: EngineKind;
  /** Whether this process may raise limits (CAP_SYS_RESOURCE); where it may not, containers keep this computer's. */
  readonly mayRaiseLimits: boolean;
  /** Runs the engine's command line. */
  run(
    parameters: readonly string[],
    allowedCodes?: readonly number[],
    streams?: Pick<SubprocessOptions, "input" | "onErrorLine">,
  ): Promise<SubprocessResult>;
  /** Makes sure that what makes networks is installed; to be called before one is made or a container starts in one. */
  ensureNetworking(): Promise<void>;
  hasImage(image: string): Promise<boolean>;
  /** Makes an image of a root file system's archive. */
  importImage(archive: string, image: string): Promise<void>;
}

const capSysResource = 24n;

/** Whether a process may raise limits, from its /proc/<pid>/status (pure). */
export function mayRaiseLimits(processStatus: string): boolean {
  const effective = processStatus.match(/^CapEff:\s*([0-9a-f]+)$/m)?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> capSysResource) & 1n) === 1n;
}

/** crun refuses the hybrid cgroup hierarchies that some computers still have; runc takes all. */
const runc = { program: "runc", debianPackage: "runc" };

/**
 * Why an engine doesn't answer. A docker client without a running engine is no engine: the engine itself is asked. podman has
 * none, but a storage that it opens.
 */
async function silence(kind: EngineKind): Promise<string | undefined> {
  if (!(await isInstalled(kind))) return "it is not installed";
  const question = kind === "podman" ? ["ps", "--quiet"] : ["info", "--format", "{{json .}}"];
  return await run([kind, ...question], { timeoutMilliseconds: 20_000 }).then(
    ({ stdout }) =>
      kind === "podman" || !/"ServerErrors":\[/.test(stdout)
        ? undefined
        : "the client is there, but no engine answers it",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

async function chooseKind(): Promise<EngineKind> {
  if ((await silence("podman")) === undefined) return "podman";
  if ((await silence("docker")) === undefined) return "docker";
  // Where podman is there but fails, what it uses for networks may have been removed.
  await ensurePrograms([...podmanPrograms, runc]);
  const reason = await silence("podman");
  if (reason === undefined) return "podman";
  throw new RunError(
    `podman is installed but fails on this computer: ${reason}\nFix: mend that (podman info), or start Docker.`,
  );
}

/** Without CAP_SYS_RESOURCE podman's own default limits cannot be set, and no container starts. */
async function withoutDefaultLimits(): Promise<string> {
  const file = join(await cacheDirectory(), "containers.conf");
  const text = "[containers]\ndefault_ulimits = []\n";
  if ((await readFile(file, "utf8").catch(() => "")) === text) return file;
  // In one move: another run may be reading it.
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, text);
  await rename(beside, file);
  return file;
}

/**
 * Finds the container engine: podman, else a running Docker, else podman is installed (as root on Debian or Ubuntu). Hosts
 * run systemd and the kubelet, so it must be the engine of root.
 */
export async function containerEngine(): Promise<ContainerEngine> {
  if (process.getuid?.() !== 0) {
    throw new RunError(
      "Hosts of the lab run systemd and the kubelet in privileged containers: run this as root (sudo -E npm run …).",
    );
  }
  const kind = await chooseKind();
  if (kind === "podman") await ensurePrograms([runc]);
  const raises = mayRaiseLimits(await readFile("/proc/self/status", "utf8"));
  const env = kind === "podman" && !raises ? { CONTAINERS_CONF: await withoutDefaultLimits() } : {};
  const prefix: readonly [string, ...string[]] = kind === "podman" ? ["podman", "--runtime", "runc"] : ["docker"];
  const engineRun: ContainerEngine["run"] = (parameters, allowedCodes = [0], streams = {}) =>
    run([...prefix, ...parameters], { env, allowedCodes, ...streams });
  return {
    kind,
    mayRaiseLimits: raises,
    run: engineRun,
    async ensureNetworking() {
      if (kind === "podman") await ensureNetworkBackend((await engineRun(["info", "--format=json"])).stdout);
    },
    async hasImage(image) {
      return (await engineRun(["image", "inspect", image], [0, 1, 125])).code === 0;
    },
    async importImage(archive, image) {
      await engineRun(["import", archive, image]);
    },
  };
}
