import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { CloudApi } from "../../openstack-api/cloud-api.ts";
import { type Find, objectKind } from "./object-kind.ts";

const pollMilliseconds = 3_000;
/** How long an instance may be in the making until it counts as stuck: the provider itself waits 30 minutes. */
const longestBuildMilliseconds = 600_000;

const serverObject = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  metadata: z.record(z.string(), z.string()).default({}),
});

type Server = z.output<typeof serverObject>;

/** Nova goes on with an instance when nobody waits for it any more: only then it can be told what became of it. */
async function settled(api: CloudApi, server: Server): Promise<Server | undefined> {
  const deadline = performance.now() + longestBuildMilliseconds;
  let present: Server | undefined = server;
  while (present?.status === "BUILD" && performance.now() < deadline) {
    await sleep(pollMilliseconds);
    present = await api.object("compute", `/servers/${server.id}`, "server", serverObject);
  }
  return present;
}

const instanceInputs = z.object({ name: z.string(), metadata: z.record(z.string(), z.string()) });

/** An instance by its name and the stack in its metadata. One that came to nothing is made anew. */
const instance = objectKind(instanceInputs, async (api, { name, metadata }) => {
  const servers = await api.list("compute", "/servers/detail", "servers", serverObject, { name: `^${name}$` });
  const own = servers.filter(
    (each) => each.name === name && metadata.grappe !== undefined && each.metadata.grappe === metadata.grappe,
  );
  const found = await Promise.all(own.map((each) => settled(api, each)));
  return found
    .filter((each) => each !== undefined)
    .filter(({ status }) => !["DELETED", "SOFT_DELETED"].includes(status))
    .map(({ id, status }) => ({
      id,
      description: `instance ${name}, ${status}`,
      ...(["ERROR", "BUILD", "UNKNOWN"].includes(status) ? { unfinished: "replace" } : {}),
    }));
});

const keypairObject = z.object({ name: z.string(), public_key: z.string() });

function keyOf(text: string): string {
  return text.trim().split(/\s+/).slice(0, 2).join(" ");
}

/** A key pair carries no mark: it is ours if it has our name and our key. Its id is its name. */
const keypair = objectKind(z.object({ name: z.string(), publicKey: z.string() }), async (api, { name, publicKey }) => {
  const path = `/os-keypairs/${encodeURIComponent(name)}`;
  const found = await api.object("compute", path, "keypair", keypairObject);
  if (found === undefined || keyOf(found.public_key) !== keyOf(publicKey)) return [];
  return [{ id: found.name, description: `key pair ${name}` }];
});

const groupInputs = z.object({ name: z.string(), policies: z.array(z.string()) });
const groupObject = z.object({
  id: z.string(),
  name: z.string(),
  policies: z.array(z.string()).default([]),
  members: z.array(z.string()).default([]),
});

/** A server group carries no mark: it is ours if it has our name and policy. Nothing can be in a lost one. */
const serverGroup = objectKind(groupInputs, async (api, { name, policies }) => {
  const groups = await api.list("compute", "/os-server-groups", "server_groups", groupObject);
  return groups
    .filter((each) => each.name === name && each.policies.join() === policies.join() && each.members.length === 0)
    .map(({ id }) => ({ id, description: `server group ${name}` }));
});

export const computeObjects: Readonly<Record<string, Find>> = {
  "openstack:compute/instance:Instance": instance,
  "openstack:compute/keypair:Keypair": keypair,
  "openstack:compute/serverGroup:ServerGroup": serverGroup,
};
