import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { OpenstackSite } from "../../settings/schema/openstack-site.ts";

/** What the cloud offers under a name that the settings use: its id, or why there is none. */
export type Offer = { readonly id: string; readonly name?: string } | { readonly missing: string };

/** What the cloud offers, asked once per name. */
export interface Catalogue {
  readonly externalNetworkId: string;
  /** By which the provider takes floating IPs. */
  readonly externalNetworkName: string;
  readonly images: ReadonlyMap<string, Offer>;
  readonly flavors: ReadonlyMap<string, Offer>;
  /** Size in GiB of a flavor's disk, asked when it is needed; undefined where the cloud doesn't offer the flavor any more. */
  readonly diskOf: (flavor: string) => Promise<number | undefined>;
}

/**
 * Looks up the external network and every image and flavor that the settings name.
 *
 * An image or flavor that isn't offered (any more) is no error by itself: clouds retire them while instances made from them
 * run on. It becomes one where an instance must be made of it.
 *
 * @throws RunError if the cloud can't be asked, or has no such external network
 */
export async function readCatalogue(site: OpenstackSite, opts: pulumi.InvokeOptions): Promise<Catalogue> {
  const machines = [
    { path: "grappe:site.servers", ...site.servers },
    ...site.agentPools.map((pool) => ({ path: `grappe:site.agentPools.${pool.name}`, ...pool })),
    { path: "grappe:site.bastion", ...site.bastion },
  ];
  const [externalNetwork, images, flavors] = await Promise.all([
    offer("grappe:site.externalNetwork", site.externalNetwork, "external network", (name) =>
      openstack.networking.getNetwork({ ...(isId(name) ? { networkId: name } : { name }), external: true }, opts),
    ),
    offers(
      "image",
      machines,
      ({ image }) => image,
      (name) => openstack.images.getImage({ name, mostRecent: true }, opts),
    ),
    offers(
      "flavor",
      machines,
      ({ flavor }) => flavor,
      (name) => openstack.compute.getFlavor({ name }, opts),
    ),
  ]);
  if ("missing" in externalNetwork) throw new pulumi.RunError(externalNetwork.missing);
  if (isId(site.externalNetwork)) await warnOfNamesakes(externalNetwork.name, opts);
  const diskOf = (name: string) =>
    openstack.compute.getFlavor({ name }, opts).then(
      ({ disk }) => disk,
      () => undefined,
    );
  return {
    externalNetworkId: externalNetwork.id,
    externalNetworkName: externalNetwork.name ?? site.externalNetwork,
    images,
    flavors,
    diskOf,
  };
}

/** The provider takes floating IPs from the network that the cloud lists first under a name, and takes no id there. */
async function warnOfNamesakes(name: string | undefined, opts: pulumi.InvokeOptions): Promise<void> {
  if (name === undefined) return;
  const isOne = await openstack.networking.getNetwork({ name, external: true }, opts).then(
    () => true,
    () => false,
  );
  if (isOne) return;
  pulumi.log.warn(
    `grappe:site.externalNetwork: another external network is called "${name}", too. Routers use the one of this id; floating IPs ` +
      "come from the one that the cloud lists first. If they can't be associated, ask for another name of one of the two.",
  );
}

/** OpenStack's ids are UUIDs. */
const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

async function offers<T extends { path: string }>(
  kind: "image" | "flavor",
  machines: readonly T[],
  nameOf: (machine: T) => string,
  find: (name: string) => Promise<{ id: string }>,
): Promise<ReadonlyMap<string, Offer>> {
  // The last machine with a name wins in a Map; the first one's path reads better in an error.
  const names = new Map([...machines].reverse().map((machine) => [nameOf(machine), `${machine.path}.${kind}`]));
  return new Map(
    await Promise.all([...names].map(async ([name, path]) => [name, await offer(path, name, kind, find)] as const)),
  );
}

async function offer(
  path: string,
  name: string,
  kind: string,
  find: (name: string) => Promise<{ id: string; name?: string }>,
): Promise<Offer> {
  try {
    const { id, name: found } = await find(name);
    return { id, ...(found === undefined ? {} : { name: found }) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const list = kind === "external network" ? "network list --external" : `${kind} list`;
    const missing = `${path}: the cloud has no ${kind} "${name}". Take one that "openstack ${list}" shows.`;
    if (/returned no results|No Flavor found/.test(reason)) return { missing };
    if (/more than one result|multiple (results|flavors)/i.test(reason)) {
      throw new pulumi.RunError(
        `${path}: the cloud has several ${kind}s "${name}". Write the id of the one that is meant, as "openstack ${list}" shows it.`,
      );
    }
    throw new pulumi.RunError(
      `${path}: the cloud can't be asked for the ${kind} "${name}": ${providerReason(reason)}. ` +
        "Check that this computer reaches the cloud, and that its credentials (`cloud`, an entry of clouds.yaml, or " +
        "`applicationCredential`) are valid.",
    );
  }
}

/** What the provider says, out of the engine's and the bridge's words around it (pure): `…: 1 error occurred:\n\t* reason`. */
export function providerReason(message: string): string {
  const listed = message.match(/occurred:\s*\* ([\s\S]*?)\s*$/)?.[1];
  return (listed ?? message).replace(/\.$/, "");
}
