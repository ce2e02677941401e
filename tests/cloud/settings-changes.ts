import { z } from "zod";
import type { Configuration } from "../../lab/stack/lab-settings.ts";

const pool = z.looseObject({ name: z.string() });
const site = z.looseObject({ agentPools: z.array(pool), servers: z.looseObject({}) });
const apps = z.looseObject({ edge: z.looseObject({}) });
type Change = (configuration: Configuration) => Configuration;

/** Changes settings of the site. */
export function withSite(change: Readonly<Record<string, unknown>>): Change {
  return (configuration) => ({
    ...configuration,
    "grappe:site": { ...site.parse(configuration["grappe:site"]), ...change },
  });
}

/** Changes settings of the servers. */
export function withServers(change: Readonly<Record<string, unknown>>): Change {
  return (configuration) => {
    const { servers } = site.parse(configuration["grappe:site"]);
    return withSite({ servers: { ...servers, ...change } })(configuration);
  };
}

/** Places the edge application at another point of presence. */
export function withEdgeAt(place: string): Change {
  return (configuration) => {
    const parsed = apps.parse(configuration["grappe:apps"]);
    return { ...configuration, "grappe:apps": { ...parsed, edge: { ...parsed.edge, placement: { PoP: place } } } };
  };
}

/** Changes settings of one pool of agents. */
export function withPool(name: string, change: Readonly<Record<string, unknown>>): Change {
  return (configuration) => {
    const { agentPools: before } = site.parse(configuration["grappe:site"]);
    const agentPools = before.map((each) => (each.name === name ? { ...each, ...change } : each));
    return withSite({ agentPools })(configuration);
  };
}
