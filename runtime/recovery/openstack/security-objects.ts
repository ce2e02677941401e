import { z } from "zod";
import { bearsMark, type Find, marked, markInputs, objectKind, ownProject } from "./object-kind.ts";

const ruleObject = z.object({
  id: z.string(),
  security_group_id: z.string(),
  direction: z.string(),
  ethertype: z.string(),
  protocol: z.union([z.string(), z.number()]).nullish(),
  port_range_min: z.number().nullish(),
  port_range_max: z.number().nullish(),
  remote_ip_prefix: z.string().nullish(),
  remote_group_id: z.string().nullish(),
});

const groupInputs = markInputs.extend({ deleteDefaultRules: z.boolean().default(false) });
const groupObject = marked.extend({ security_group_rules: z.array(ruleObject).default([]) });

/**
 * A group. The provider makes it, then deletes the rules that Neutron gave it: one that still has rules, while none of ours
 * can be there yet, was cut off in between, and is made anew.
 */
const securityGroup = objectKind(groupInputs, async (api, inputs) => {
  const query = { ...ownProject(api), name: inputs.name };
  const groups = await api.list("network", "/security-groups", "security_groups", groupObject, query);
  return groups
    .filter((each) => bearsMark(each, inputs))
    .map(({ id, name, security_group_rules }) => ({
      id,
      description: `security group ${name}`,
      ...(inputs.deleteDefaultRules && security_group_rules.length > 0 ? { unfinished: "replace" } : {}),
    }));
});

const ruleInputs = z.object({
  securityGroupId: z.string(),
  direction: z.string(),
  ethertype: z.string(),
  protocol: z.string().optional(),
  portRangeMin: z.number().optional(),
  portRangeMax: z.number().optional(),
  remoteIpPrefix: z.string().optional(),
  remoteGroupId: z.string().optional(),
});

/** What a rule says: in one group no two rules can say the same. */
function saying(...parts: readonly (string | number | null | undefined)[]): string {
  return parts.map((part) => String(part ?? "")).join(" ");
}

const securityRule = objectKind(ruleInputs, async (api, inputs) => {
  const { securityGroupId, direction, ethertype, protocol, portRangeMin, portRangeMax } = inputs;
  const query = { security_group_id: securityGroupId };
  const rules = await api.list("network", "/security-group-rules", "security_group_rules", ruleObject, query);
  const remote = [inputs.remoteIpPrefix, inputs.remoteGroupId];
  const wanted = saying(securityGroupId, direction, ethertype, protocol, portRangeMin, portRangeMax, ...remote);
  return rules
    .filter(
      (rule) =>
        wanted ===
        saying(
          ...[rule.security_group_id, rule.direction, rule.ethertype, rule.protocol, rule.port_range_min],
          ...[rule.port_range_max, rule.remote_ip_prefix, rule.remote_group_id],
        ),
    )
    .map(({ id }) => ({ id, description: `rule of security group ${securityGroupId}` }));
});

export const securityObjects: Readonly<Record<string, Find>> = {
  "openstack:networking/secGroup:SecGroup": securityGroup,
  "openstack:networking/secGroupRule:SecGroupRule": securityRule,
};
