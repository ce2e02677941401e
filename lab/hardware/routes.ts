import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { run } from "../../runtime/subprocess.ts";
import { ensurePrograms } from "../../runtime/toolchain/debian-packages.ts";
import type { LabNetwork } from "./addresses.ts";
import type { ContainerEngine, EngineKind } from "./container-engine.ts";

/** A network that the engine made, and what of it must be reached from this computer. */
export interface ReachedNetwork {
  /** Its name in the engine. */
  readonly name: string;
  readonly network: LabNetwork;
  /** By address, what stands there: `host server-1 of lab one`. */
  readonly reached: ReadonlyMap<string, string>;
  /** What can be done where the way can't be changed: `take a lab of another name`. */
  readonly instead: string;
}

const podmanNetwork = z.tuple([z.looseObject({ network_interface: z.string().min(1) })]);
const dockerNetwork = z.tuple([
  z.looseObject({ Id: z.string().min(12), Options: z.record(z.string(), z.string()).nullish() }),
]);

/** Finds (pure) the bridge of a network in what the engine's `network inspect` prints. */
export function bridgeOf(kind: EngineKind, inspected: string): string {
  const value: unknown = JSON.parse(inspected);
  if (kind === "podman") return podmanNetwork.parse(value)[0].network_interface;
  const { Id, Options } = dockerNetwork.parse(value)[0];
  return Options?.["com.docker.network.bridge.name"] ?? `br-${Id.slice(0, 12)}`;
}

const addresses = z.array(
  z.looseObject({ addr_info: z.array(z.looseObject({ local: z.string().optional() })).optional() }),
);

/** Whether (pure) an interface has an address, from what `ip -json address show` prints. */
export function hasAddress(shown: string, address: string): boolean {
  const interfaces = addresses.parse(JSON.parse(shown === "" ? "[]" : shown));
  return interfaces.some(({ addr_info = [] }) => addr_info.some(({ local }) => local === address));
}

const routes = z.tuple([z.looseObject({ dev: z.string(), gateway: z.string().optional() })]);

/** Where this computer sends packets to an address: an interface, and a router on it. */
export interface Way {
  readonly device: string;
  readonly gateway?: string;
}

/** Reads (pure) what `ip -json route get` prints. */
export function wayOf(shown: string): Way {
  const [{ dev, gateway }] = routes.parse(JSON.parse(shown));
  return { device: dev, ...(gateway === undefined ? {} : { gateway }) };
}

/** Says (pure) that packets to an address leave by another way than its network's bridge, and what to do. */
export function strayMessage(
  { reached, instead }: Pick<ReachedNetwork, "reached" | "instead">,
  address: string,
  bridge: string,
  way: Way | undefined,
): string {
  const router = way?.gateway === undefined ? "" : ` to the router ${way.gateway}`;
  const wrong = way === undefined ? "nowhere, as there is no route" : `by ${way.device}${router}`;
  return `This computer sends packets to ${address} (${reached.get(address)}) ${wrong}. They must go by the network's own bridge ${bridge}, else something else answers, or nothing. Fix: remove the route or rule that leads them away, often a VPN's (ip route get ${address}; ip rule), or ${instead}.`;
}

/** CNI gives the bridge of a network without a way out no address, so that this computer would not be in it. */
async function ensureAddress(bridge: string, { gateway }: LabNetwork): Promise<void> {
  const show = ["ip", "-json", "-4", "address", "show", "dev", bridge] as const;
  if (hasAddress((await run(show)).stdout, gateway)) return;
  // Another run may add it at the same time: 2 is "exists already".
  await run(["ip", "address", "add", `${gateway}/24`, "broadcast", "+", "dev", bridge], { allowedCodes: [0, 2] });
}

async function wayTo(address: string): Promise<Way | undefined> {
  const { code, stdout } = await run(["ip", "-json", "-4", "route", "get", address], { allowedCodes: [0, 1, 2] });
  return code === 0 ? wayOf(stdout) : undefined;
}

/**
 * Makes sure that this computer reaches a network by the network's own bridge and by nothing else. The bridge is there as soon as
 * a container of the network runs.
 *
 * @throws if packets to one of the addresses go another way
 */
export async function ensureRoute(engine: ContainerEngine, reachedNetwork: ReachedNetwork): Promise<void> {
  const { name, network, reached } = reachedNetwork;
  await ensurePrograms([{ program: "ip", debianPackage: "iproute2" }]);
  const bridge = bridgeOf(engine.kind, (await engine.run(["network", "inspect", name])).stdout);
  await ensureAddress(bridge, network);
  for (const address of reached.keys()) {
    const way = await wayTo(address);
    if (way?.device !== bridge) throw new RunError(strayMessage(reachedNetwork, address, bridge, way));
  }
}
