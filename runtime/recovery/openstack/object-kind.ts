import { z } from "zod";
import type { CloudApi } from "../../openstack-api/cloud-api.ts";
import type { Candidate } from "../adoption.ts";

/** Finds what a creation with these inputs can have left in the cloud. */
export type Find = (api: CloudApi, inputs: Readonly<Record<string, unknown>>) => Promise<readonly Candidate[]>;

/** A type of resource: which of its inputs identify an object, and how objects with them are found. */
export function objectKind<Inputs extends z.ZodType>(
  inputs: Inputs,
  find: (api: CloudApi, inputs: z.output<Inputs>) => Promise<readonly Candidate[]>,
): Find {
  return (api, values) => find(api, inputs.parse(values));
}

/** Who made an object: name and description are set with it, tags in a second request, which a killed run may have missed. */
export const markInputs = z.object({
  name: z.string(),
  description: z.string(),
});

/** What Neutron says of everything that has a mark. */
export const marked = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
});

/** Whether an object is the one that was asked for: ours by its description, and of the project that the token is for. */
export function bearsMark(object: z.output<typeof marked>, wanted: z.output<typeof markInputs>): boolean {
  return object.name === wanted.name && object.description === wanted.description;
}

/** The query for objects of our own project: an administrator's token would list everybody's. */
export function ownProject({ projectId }: CloudApi): Readonly<Record<string, string>> {
  return projectId === undefined ? {} : { project_id: projectId };
}
