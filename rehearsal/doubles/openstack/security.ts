import { existing, type SecurityRule } from "../../world/cloud/cloud.ts";
import { addRule, createSecurityGroup, deleteSecurityGroup } from "../../world/cloud/security.ts";
import type { Arguments } from "../arguments.ts";
import { idsWhere, NETWORK_SECONDS, type OpenstackResource, unchanged } from "./openstack-resource.ts";

const securityGroup: OpenstackResource = {
  forceNew: ["region", "tenantId", "deleteDefaultRules"],
  named: true,
  computed: ["allTags", "region", "tenantId"],
  seconds: { create: 1, update: 1, delete: NETWORK_SECONDS },
  create: (cloud, inputs) => ({
    id: createSecurityGroup(cloud, inputs.text("name"), inputs.flag("deleteDefaultRules") !== true).id,
    outputs: { allTags: inputs.texts("tags"), region: "RegionOne" },
  }),
  update: unchanged,
  delete: deleteSecurityGroup,
  find: (cloud, inputs) => idsWhere(cloud.securityGroups, (one) => one.name === inputs.optionalText("name")),
};

function ruleOf(inputs: Arguments): SecurityRule {
  return {
    direction: inputs.text("direction"),
    ethertype: inputs.text("ethertype"),
    protocol: inputs.optionalText("protocol"),
    portMin: inputs.optionalNumber("portRangeMin"),
    portMax: inputs.optionalNumber("portRangeMax"),
    remoteCidr: inputs.optionalText("remoteIpPrefix"),
    remoteGroupId: inputs.optionalText("remoteGroupId"),
  };
}

const securityRule: OpenstackResource = {
  forceNew: [
    ...["region", "description", "direction", "ethertype", "portRangeMin", "portRangeMax", "protocol"],
    ...["remoteGroupId", "remoteIpPrefix", "securityGroupId", "tenantId"],
  ],
  named: false,
  computed: ["region", "tenantId"],
  seconds: { create: 1, update: 1, delete: NETWORK_SECONDS },
  create: (cloud, inputs) => ({
    id: addRule(cloud, inputs.text("securityGroupId"), ruleOf(inputs)),
    outputs: { region: "RegionOne" },
  }),
  update: unchanged,
  delete: (cloud, id, state) => {
    existing(cloud.securityGroups, state.text("securityGroupId"), "Security group").rules.delete(id);
  },
  find: (cloud, inputs) => {
    const rules = cloud.securityGroups.get(inputs.text("securityGroupId"))?.rules ?? new Map<string, SecurityRule>();
    const wanted = JSON.stringify(ruleOf(inputs));
    return idsWhere(rules, (rule) => JSON.stringify(rule) === wanted);
  },
};

export const securityResources: Readonly<Record<string, OpenstackResource>> = {
  "openstack:networking/secGroup:SecGroup": securityGroup,
  "openstack:networking/secGroupRule:SecGroupRule": securityRule,
};
