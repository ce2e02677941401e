import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { OpenstackSite } from "../../settings/schema/openstack-site.ts";
import type { Mark } from "./mark.ts";

export interface ServerGroupsArgs {
  readonly mark: Mark;
  readonly site: OpenstackSite;
}

/** Spreads instances over the cloud's computers: servers strictly by default, the agents of a pool as far as there is room. */
export class ServerGroups extends pulumi.ComponentResource {
  /** Of the servers; of a single one too, as an instance can't enter a group once further ones are added. */
  readonly servers: openstack.compute.ServerGroup;
  /** Of each pool of agents, by its name. */
  readonly pools: ReadonlyMap<string, openstack.compute.ServerGroup>;

  constructor(name: string, { mark, site }: ServerGroupsArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:openstack:ServerGroups", name, {}, opts);
    const group = (part: string, policy: "anti-affinity" | "soft-anti-affinity") =>
      new openstack.compute.ServerGroup(
        `${name}-${part}`,
        // 3.15 takes a list of one policy; in 5.x this line reads `policies: policy`.
        { name: mark.name(part), policies: [policy] },
        { parent: this, deleteBeforeReplace: true },
      );
    this.servers = group("servers", site.servers.spread === "required" ? "anti-affinity" : "soft-anti-affinity");
    this.pools = new Map(site.agentPools.map((pool) => [pool.name, group(pool.name, "soft-anti-affinity")]));
    this.registerOutputs();
  }
}
