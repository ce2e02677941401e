import { z } from "zod";
import type { OpenstackApi } from "./openstack-api.ts";

const made = z.object({ application_credential: z.object({ id: z.string(), secret: z.string() }) });
const listed = z.object({ application_credentials: z.array(z.object({ id: z.string(), name: z.string() })) });

export interface ApplicationCredential {
  readonly id: string;
  readonly secret: string;
}

/** Makes an application credential of the project's user that ends by itself; one of its name goes first. */
export async function newApplicationCredential(
  openstack: OpenstackApi,
  { name, secondsToLive }: { readonly name: string; readonly secondsToLive: number },
): Promise<ApplicationCredential> {
  const path = `/users/${openstack.user}/application_credentials`;
  const present = listed.parse(await openstack.request("GET", "identity", path)).application_credentials;
  for (const { id } of present.filter((one) => one.name === name)) {
    await openstack.request("DELETE", "identity", `${path}/${id}`);
  }
  const expires_at = new Date(Date.now() + secondsToLive * 1_000).toISOString().replace("Z", "");
  const body = { application_credential: { name, expires_at } };
  return made.parse(await openstack.request("POST", "identity", path, body)).application_credential;
}
