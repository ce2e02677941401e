import { z } from "zod";
import { machinesSite } from "./machines-site.ts";
import { openstackSite } from "./openstack-site.ts";

/** Where the hosts come from. Both kinds give the same to everything after them. */
export const site = z.discriminatedUnion("kind", [machinesSite, openstackSite]);

export type SiteSettings = z.output<typeof site>;
