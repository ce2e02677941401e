import { randomUUID } from "node:crypto";
import { badRequest, type Cloud, conflict, existing, type Instance, type Keypair, type ServerGroup } from "./cloud.ts";

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

export interface InstanceRequest {
  readonly name: string;
  readonly flavor: { readonly id: string | undefined; readonly name: string | undefined };
  readonly image: { readonly id: string | undefined; readonly name: string | undefined };
  readonly bootsFromVolume: boolean;
  readonly portIds: readonly string[];
  readonly keypair: string | undefined;
  readonly userData: string;
  readonly serverGroupId: string | undefined;
  readonly zone: string;
  readonly metadata: Readonly<Record<string, string>>;
}

function offered(
  names: ReadonlyMap<string, string>,
  wanted: { readonly id: string | undefined; readonly name: string | undefined },
  kind: string,
): string {
  const found = [...names].find(([name, id]) => (wanted.id === undefined ? name === wanted.name : id === wanted.id));
  if (found === undefined)
    throw badRequest(`Unable to find ${kind} with name or id ${wanted.name ?? wanted.id ?? "(none given)"}.`);
  return found[1];
}

export function flavorId(cloud: Cloud, wanted: InstanceRequest["flavor"]): string {
  return offered(cloud.flavors, wanted, "flavor");
}

export function imageId(cloud: Cloud, wanted: InstanceRequest["image"]): string {
  return offered(cloud.images, wanted, "image");
}

export function createInstance(cloud: Cloud, request: InstanceRequest): Instance {
  const flavor = flavorId(cloud, request.flavor);
  const noImage = request.image.id === undefined && request.image.name === undefined;
  const image = noImage && request.bootsFromVolume ? "" : imageId(cloud, request.image);
  if (!cloud.zones.includes(request.zone)) throw badRequest("The requested availability zone is not available.");
  if (request.keypair !== undefined) existing(cloud.keypairs, request.keypair, "Keypair");
  if (request.serverGroupId !== undefined) existing(cloud.serverGroups, request.serverGroupId, "Server group");
  const ports = request.portIds.map((id) => existing(cloud.ports, id, "Port"));
  if (ports.length === 0) throw badRequest("Multiple possible networks found, use a Network ID to be more specific.");
  for (const port of ports) if (port.owner !== undefined) throw conflict(`Port ${port.id} is still in use.`);
  const id = randomUUID();
  for (const port of ports) port.owner = `instance:${id}`;
  const { name, portIds, keypair, userData, serverGroupId, zone, metadata } = request;
  const instance = { id, name, flavor, image, portIds, keypair, userData, serverGroupId, zone, metadata };
  cloud.instances.set(id, instance);
  return instance;
}

export function deleteInstance(cloud: Cloud, id: string): void {
  const instance = existing(cloud.instances, id, "Instance");
  // A port that was given to the instance outlives it.
  for (const portId of instance.portIds) {
    const port = cloud.ports.get(portId);
    if (port !== undefined) port.owner = undefined;
  }
  cloud.instances.delete(id);
}

export function deleteServerGroup(cloud: Cloud, id: string): void {
  existing(cloud.serverGroups, id, "Server group");
  cloud.serverGroups.delete(id);
}
