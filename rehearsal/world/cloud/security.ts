import { randomUUID } from "node:crypto";
import { cidrRange } from "../ipv4.ts";
import { badRequest, type Cloud, conflict, existing, type SecurityGroup, type SecurityRule } from "./cloud.ts";

export function createSecurityGroup(cloud: Cloud, name: string, withDefaultRules: boolean): SecurityGroup {
  const rules = new Map<string, SecurityRule>();
  const outward = { direction: "egress", protocol: undefined, portMin: undefined, portMax: undefined };
  if (withDefaultRules)
    for (const ethertype of ["IPv4", "IPv6"])
      rules.set(randomUUID(), { ...outward, ethertype, remoteCidr: undefined, remoteGroupId: undefined });
  const group = { id: randomUUID(), name, rules };
  cloud.securityGroups.set(group.id, group);
  return group;
}

export function deleteSecurityGroup(cloud: Cloud, id: string): void {
  existing(cloud.securityGroups, id, "Security group");
  if ([...cloud.ports.values()].some((port) => port.securityGroupIds.includes(id)))
    throw conflict(`Security Group ${id} in use.`);
  for (const group of cloud.securityGroups.values())
    for (const [ruleId, rule] of group.rules) if (rule.remoteGroupId === id) group.rules.delete(ruleId);
  cloud.securityGroups.delete(id);
}

export function addRule(cloud: Cloud, groupId: string, rule: SecurityRule): string {
  const group = existing(cloud.securityGroups, groupId, "Security group");
  if (rule.remoteGroupId !== undefined) existing(cloud.securityGroups, rule.remoteGroupId, "Security group");
  if (rule.remoteCidr !== undefined && rule.remoteGroupId !== undefined)
    throw badRequest("Only remote_ip_prefix or remote_group_id may be provided.");
  if (rule.remoteCidr !== undefined) cidrRange(rule.remoteCidr);
  if (rule.portMin !== undefined && rule.protocol === undefined)
    throw badRequest("Must also specify protocol if port range is given.");
  if (rule.portMin !== undefined && rule.portMax !== undefined && rule.portMin > rule.portMax)
    throw badRequest("For TCP/UDP protocols, port_range_min must be <= port_range_max.");
  for (const [id, other] of group.rules)
    if (JSON.stringify(other) === JSON.stringify(rule))
      throw conflict(`Security group rule already exists. Rule id is ${id}.`);
  const id = randomUUID();
  group.rules.set(id, rule);
  return id;
}

/** Whether any of the port's groups lets a TCP connection from anywhere in `sourceCidr` in. */
export function letsIn(
  cloud: Cloud,
  groupIds: readonly string[],
  port: number,
  sourceGroups: readonly string[] | undefined,
): boolean {
  return groupIds
    .flatMap((id) => [...(cloud.securityGroups.get(id)?.rules.values() ?? [])])
    .some(
      (rule) =>
        rule.direction === "ingress" &&
        (rule.protocol === undefined || rule.protocol === "tcp") &&
        (rule.portMin === undefined || rule.portMin <= port) &&
        (rule.portMax === undefined || rule.portMax >= port) &&
        (rule.remoteGroupId === undefined || sourceGroups?.includes(rule.remoteGroupId) === true),
    );
}
