import { randomBytes } from "node:crypto";
import { InitializationFailure } from "../../../runtime/provider-protocol/initialization-failure.ts";
import type { InputTypes } from "../../../runtime/provider-protocol/input-types/input-types.ts";
import {
  objectOf,
  type PlainMap,
  type PropertyMap,
  revealMap,
} from "../../../runtime/provider-protocol/property-value.ts";
import type { Subject } from "../../../runtime/provider-protocol/resource.ts";
import { type Cloud, NotFound } from "../../world/cloud/cloud.ts";
import { Refusal } from "../../world/refusal.ts";
import { Arguments } from "../arguments.ts";
import type { Held, ProviderDouble } from "../provider-double.ts";
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

/** The bridge's way to fail where the resource stands: it hands back the state that Terraform's provider left. */
function unfinished({ urn }: Subject, did: string, id: string, outputs: PropertyMap, reason: string): Error {
  const message = `${did} ${urn}: 1 error occurred:\n\t* ${reason}\n\n`;
  return new InitializationFailure(message, id, outputs, [message]);
}

/** Values of the state in the place of the inputs of their names: simple ones and empty lists, as others have computed parts. */
function standing({ inputs, outputs }: Held): PropertyMap {
  const told = Object.entries(outputs).filter(
    ([name, value]) =>
      inputs[name] !== undefined &&
      (["string", "number", "boolean"].includes(typeof value) || (Array.isArray(value) && value.length === 0)),
  );
  return { ...inputs, ...Object.fromEntries(told) };
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
    // The bridge compares with the state's outputs: what the cloud told differs from what was asked for.
    compared: standing,
    unknownOutputs: (subject, kind) => (kind === "create" ? openstackResource(subject.type).computed : []),
    create: (subject, inputs) => {
      const resource = openstackResource(subject.type);
      const { id, outputs, failure } = resource.create(cloud, new Arguments(revealMap(inputs)));
      const result = { id, outputs: merged(inputs, outputs) };
      if (failure !== undefined) throw unfinished(subject, "creating", id, result.outputs, failure);
      return { result, seconds: resource.seconds.create };
    },
    update: (subject, id, state, inputs) => {
      const resource = openstackResource(subject.type);
      const asked = { ...state, ...inputs };
      try {
        const outputs = resource.update(cloud, id, new Arguments(revealMap(inputs)), new Arguments(revealMap(state)));
        return { result: { ...asked, ...outputs }, seconds: resource.seconds.update };
      } catch (error) {
        // Terraform's provider hands back what was asked for, reached or not; the state takes it for true.
        throw error instanceof Refusal ? unfinished(subject, "updating", id, asked, error.message) : error;
      }
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
    exists: ({ type }, id, inputs) =>
      openstackResource(type)
        .find(cloud, new Arguments(revealMap(inputs)))
        .includes(id),
    read: ({ type }, id, { inputs, outputs }) => {
      const read = { ...outputs, ...openstackResource(type).read?.(cloud, id) };
      return { inputs: standing({ inputs, outputs: read }), outputs: read };
    },
    lookUp: (type, inputs) => openstackResource(type).find(cloud, new Arguments(revealMap(inputs))),
    invoke: (token, args) => invokeDataSource(cloud, token, new Arguments(args)),
  };
}
