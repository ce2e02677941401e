import { randomBytes } from "node:crypto";
import { type Cloud, NotFound } from "../../world/cloud/cloud.ts";
import { Refusal } from "../../world/refusal.ts";
import { Arguments } from "../arguments.ts";
import type { InputTypes } from "../input-types/input-types.ts";
import { objectOf, type PlainMap, type PropertyMap, revealMap } from "../property-value.ts";
import type { ProviderDouble, Subject } from "../provider-double.ts";
import { computeResources } from "./compute.ts";
import { invokeDataSource } from "./data-sources.ts";
import { networkingResources } from "./networking.ts";
import type { OpenstackResource } from "./openstack-resource.ts";
import { routingResources } from "./routing.ts";
import { securityResources } from "./security.ts";

const resources: Readonly<Record<string, OpenstackResource>> = {
  ...networkingResources,
  ...routingResources,
  ...securityResources,
  ...computeResources,
};

/** How a type behaves. @throws Refusal for a type that this double doesn't simulate */
export function openstackResource(type: string): OpenstackResource {
  const resource = resources[type];
  if (resource === undefined) throw new Refusal(`The openstack provider's double doesn't know ${type}.`);
  return resource;
}

function withName(subject: Subject, before: PropertyMap, inputs: PropertyMap): PropertyMap {
  if (inputs.name !== undefined || !openstackResource(subject.type).named) return inputs;
  // The bridge's autonaming: the name given at creation stays.
  return { ...inputs, name: before.name ?? `${subject.name}-${randomBytes(4).toString("hex").slice(0, 7)}` };
}

/** Plain outputs under the inputs, whose secret marks stay. */
function merged(inputs: PropertyMap, outputs: PlainMap): PropertyMap {
  return { ...outputs, ...inputs, ...(outputs.networks === undefined ? {} : { networks: outputs.networks }) };
}

/** The `openstack` provider 3.15.2 on a simulated cloud. */
export function openstackDouble(cloud: Cloud, types: InputTypes): ProviderDouble {
  return {
    name: "openstack",
    version: "3.15.2",
    check: (subject, before, inputs) => {
      openstackResource(subject.type);
      return { inputs: withName(subject, before, inputs), failures: types.check(subject.type, inputs) };
    },
    replacesProvider: (property) => ["authUrl", "region", "tenantId", "tenantName", "cloud"].includes(property),
    rule: (subject) => ({
      replaceOn: (property) => openstackResource(subject.type).forceNew.includes(property),
      // The bridge deletes first where the name was given and stays: the API might refuse a second one.
      deleteBeforeReplace: (before, after) =>
        openstackResource(subject.type).named && before.name !== undefined && before.name === after.name,
    }),
    unknownOutputs: (subject, kind) => (kind === "create" ? openstackResource(subject.type).computed : []),
    create: (subject, inputs) => {
      const resource = openstackResource(subject.type);
      const { id, outputs } = resource.create(cloud, new Arguments(revealMap(inputs)));
      return { result: { id, outputs: merged(inputs, outputs) }, seconds: resource.seconds.create };
    },
    update: (subject, id, state, inputs) => {
      const resource = openstackResource(subject.type);
      const outputs = resource.update(cloud, id, new Arguments(revealMap(inputs)), new Arguments(revealMap(state)));
      return { result: { ...state, ...inputs, ...outputs }, seconds: resource.seconds.update };
    },
    delete: (subject, id, state) => {
      const resource = openstackResource(subject.type);
      try {
        resource.delete(cloud, id, new Arguments(objectOf(state)));
      } catch (error) {
        // What is gone already needs no deleting.
        if (!(error instanceof NotFound)) throw error;
      }
      return { result: undefined, seconds: resource.seconds.delete };
    },
    exists: () => true,
    lookUp: (type, inputs) => openstackResource(type).find(cloud, new Arguments(revealMap(inputs))),
    invoke: (token, args) => invokeDataSource(cloud, token, new Arguments(args)),
  };
}
