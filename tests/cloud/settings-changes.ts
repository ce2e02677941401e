import { z } from "zod";
import type { Configuration } from "../../lab/stack/lab-settings.ts";

const pool = z.looseObject({ name: z.string() });
const site = z.looseObject({ agentPools: z.array(pool) });
type Change = (configuration: Configuration) => Configuration;

/** Changes settings of the site. */
export function withSite(change: Readonly<Record<string, unknown>>): Change {
  return (configuration) => ({
    ...configuration,
    "grappe:site": { ...site.parse(configuration["grappe:site"]), ...change },
  });
}

/** Changes settings of one pool of agents. */
export function withPool(name: string, change: Readonly<Record<string, unknown>>): Change {
  return (configuration) => {
    const parsed = site.parse(configuration["grappe:site"]);
    const agentPools = parsed.agentPools.map((each) => (each.name === name ? { ...each, ...change } : each));
    return { ...configuration, "grappe:site": { ...parsed, agentPools } };
  };
}
