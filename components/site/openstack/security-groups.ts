import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { Mark } from "./mark.ts";
import { ruleName, type SecurityGroup, type SecurityRule, securityGroups } from "./security-rules.ts";

export interface SecurityGroupsArgs {
  readonly mark: Mark;
  readonly rules: readonly SecurityRule[];
}

/** The groups, and in them the rules of the table and leave to send anything out. */
export class SecurityGroups extends pulumi.ComponentResource {
  readonly #groups: Readonly<Record<SecurityGroup, openstack.networking.SecGroup>>;
  readonly rules: readonly openstack.networking.SecGroupRule[];

  constructor(name: string, { mark, rules }: SecurityGroupsArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:openstack:SecurityGroups", name, {}, opts);
    const group = (each: SecurityGroup) =>
      new openstack.networking.SecGroup(
        `${name}-${each}`,
        // Neutron adds rules of its own to a new group; without them the table is all there is.
        { name: mark.name(each), description: mark.description, deleteDefaultRules: true, tags: mark.tags },
        { parent: this, deleteBeforeReplace: true },
      );
    this.#groups = { nodes: group("nodes"), servers: group("servers"), bastion: group("bastion") };
    const egress = securityGroups.map((each) => this.#rule(`${name}-${each}-egress`, each, { direction: "egress" }));
    const ingress = rules.map((rule) =>
      this.#rule(`${name}-${ruleName(rule)}`, rule.group, {
        direction: "ingress",
        ...(rule.protocol === "any" ? {} : { protocol: rule.protocol }),
        ...(rule.ports === undefined ? {} : { portRangeMin: rule.ports[0], portRangeMax: rule.ports[1] }),
        ...("group" in rule.source
          ? { remoteGroupId: this.id(rule.source.group) }
          : { remoteIpPrefix: rule.source.cidr }),
      }),
    );
    this.rules = [...egress, ...ingress];
    this.registerOutputs();
  }

  id(group: SecurityGroup): pulumi.Output<string> {
    return this.#groups[group].id;
  }

  #rule(
    name: string,
    group: SecurityGroup,
    args: Omit<openstack.networking.SecGroupRuleArgs, "ethertype" | "securityGroupId">,
  ): openstack.networking.SecGroupRule {
    return new openstack.networking.SecGroupRule(
      name,
      { ...args, ethertype: "IPv4", securityGroupId: this.id(group) },
      // A group refuses a second rule that says the same. Its rules go with it: the provider takes five seconds for each, in turn.
      { parent: this, deleteBeforeReplace: true, deletedWith: this.#groups[group] },
    );
  }
}
