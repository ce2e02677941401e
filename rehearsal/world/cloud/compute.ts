import { randomUUID } from "node:crypto";
import {
  badRequest,
  type Cloud,
  conflict,
  existing,
  type Flavor,
  type Instance,
  type Keypair,
  type ServerGroup,
} from "./cloud.ts";

export function createKeypair(cloud: Cloud, name: string, publicKey: string): Keypair {
  if (cloud.keypairs.has(name)) throw conflict(`Key pair '${name}' already exists.`);
  const [algorithm = "", body = ""] = publicKey.split(" ");
  if (!/^(ssh-|ecdsa-)/.test(algorithm) || Buffer.from(body, "base64").length < 32)
    throw badRequest("Keypair data is invalid: failed to generate fingerprint.");
  const keypair = { name, publicKey };
  cloud.keypairs.set(name, keypair);
  return keypair;
}

export function createServerGroup(cloud: Cloud, name: string, policy: string): ServerGroup {
  if (!["affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"].includes(policy))
    throw badRequest(`Invalid input for field/attribute policies: '${policy}'.`);
  const group = { id: randomUUID(), name, policy };
  cloud.serverGroups.set(group.id, group);
  return group;
}

/** What the cloud offers is asked for by its id or its name. */
export interface Wanted {
  readonly id: string | undefined;
  readonly name: string | undefined;
}

export interface InstanceRequest {
  readonly name: string;
  readonly flavor: Wanted;
  readonly image: Wanted;
  readonly bootsFromVolume: boolean;
  readonly portIds: readonly string[];
  readonly keypair: string | undefined;
  readonly userData: string;
  readonly serverGroupId: string | undefined;
  readonly zone: string;
  readonly metadata: Readonly<Record<string, string>>;
}

function offered<Offer extends { readonly id: string; readonly name: string }>(
  offers: readonly Offer[],
  wanted: Wanted,
  kind: string,
): Offer {
  const found = offers.find(({ name, id }) => (wanted.id === undefined ? name === wanted.name : id === wanted.id));
  if (found === undefined)
    throw badRequest(`Unable to find ${kind} with name or id ${wanted.name ?? wanted.id ?? "(none given)"}.`);
  return found;
}

export function flavorOf(cloud: Cloud, wanted: Wanted): Flavor {
  return offered(cloud.flavors, wanted, "flavor");
}

export function imageId(cloud: Cloud, wanted: Wanted): string {
  const images = [...cloud.images].map(([name, id]) => ({ name, id }));
  return offered(images, wanted, "image").id;
}

/** Whether nova gives this operation up, which it does once. */
function takesGivingUp(cloud: Cloud): boolean {
  const { givesUp } = cloud;
  cloud.givesUp = false;
  return givesUp;
}

/** Builds an instance. One that nova gives up stands in the state ERROR, and its ports are free again. */
export function createInstance(cloud: Cloud, request: InstanceRequest): Instance {
  const flavor = flavorOf(cloud, request.flavor);
  const noImage = request.image.id === undefined && request.image.name === undefined;
  const image = noImage && request.bootsFromVolume ? "" : imageId(cloud, request.image);
  if (!cloud.zones.includes(request.zone)) throw badRequest("The requested availability zone is not available.");
  if (request.keypair !== undefined) existing(cloud.keypairs, request.keypair, "Keypair");
  if (request.serverGroupId !== undefined) existing(cloud.serverGroups, request.serverGroupId, "Server group");
  const ports = request.portIds.map((id) => existing(cloud.ports, id, "Port"));
  if (ports.length === 0) throw badRequest("Multiple possible networks found, use a Network ID to be more specific.");
  for (const port of ports) if (port.owner !== undefined) throw conflict(`Port ${port.id} is still in use.`);
  const id = randomUUID();
  const status = takesGivingUp(cloud) ? "ERROR" : "ACTIVE";
  if (status === "ACTIVE") for (const port of ports) port.owner = `instance:${id}`;
  const instance = { ...request, id, flavor, image, status } satisfies Instance;
  cloud.instances.set(id, instance);
  return instance;
}

/**
 * Resizes an instance. What only its computer can find out, as that its disk would shrink, comes after nova agreed: it works on
 * as it was, then, and only the outcome tells.
 *
 * @throws Refusal where nova's API refuses at once
 */
export function resizeInstance(cloud: Cloud, instance: Instance, flavor: Flavor): "resized" | "given up" {
  if (instance.status === "ERROR")
    throw conflict(`Cannot 'resize' instance ${instance.id} while it is in vm_state error`);
  if (flavor.id === instance.flavor.id) throw badRequest("When resizing, instances must change flavor!");
  const disk = instance.bootsFromVolume ? 0 : instance.flavor.diskGiB;
  if (disk > 0 && flavor.diskGiB === 0) throw badRequest("Resize to zero disk flavor is not allowed.");
  if (flavor.diskGiB < disk || takesGivingUp(cloud)) return "given up";
  instance.flavor = flavor;
  return "resized";
}

export function deleteInstance(cloud: Cloud, id: string): void {
  const instance = existing(cloud.instances, id, "Instance");
  // A port that was given to the instance outlives it.
  for (const portId of instance.portIds) {
    const port = cloud.ports.get(portId);
    if (port?.owner === `instance:${id}`) port.owner = undefined;
  }
  cloud.instances.delete(id);
}

export function deleteServerGroup(cloud: Cloud, id: string): void {
  existing(cloud.serverGroups, id, "Server group");
  cloud.serverGroups.delete(id);
}
