import { setTimeout as delay } from "node:timers/promises";
import { RunError } from "@pulumi/pulumi/errors.js";
import { CloudApi } from "../../openstack-api/cloud-api.ts";
import type { Credentials } from "../../openstack-api/credentials.ts";
import type { Interrupted } from "../../state/deployment.ts";
import type { Candidate } from "../adoption.ts";
import type { LookUp } from "../recover-stack.ts";
import { addressObjects } from "./address-objects.ts";
import { computeObjects } from "./compute-objects.ts";
import { networkObjects } from "./network-objects.ts";
import type { Find } from "./object-kind.ts";
import { securityObjects } from "./security-objects.ts";

/** By type, how what a creation left is found. */
export const openstackObjects: Readonly<Record<string, Find>> = {
  ...networkObjects,
  ...securityObjects,
  ...addressObjects,
  ...computeObjects,
};

function find(api: CloudApi, { name, type, inputs }: Interrupted): ReturnType<Find> {
  const found = openstackObjects[type];
  if (found === undefined)
    throw new RunError(`${name}: what a killed creation of ${type} leaves can't be looked up. Look it up by hand.`);
  return found(api, inputs);
}

/** A cloud goes on with a request whose sender was killed: one that was begun later than this may still be worked on. */
const requestMilliseconds = 10_000;
const pollMilliseconds = 1_000;

/**
 * Looks up in the cloud what creations left, again and again until it is there or the cloud has done with all that it was asked
 * for. It is asked only if there is one of OpenStack's among them: what other providers were creating can be created again
 * (docs/decisions/recovery.md).
 */
export function openstackLookUp(
  credentials: () => Promise<Credentials>,
  longestRequest = requestMilliseconds,
): (...asked: Parameters<LookUp>) => Promise<readonly Candidate[]> {
  let connected: Promise<CloudApi> | undefined;
  return async (creation, begunBy, isNew) => {
    if (!creation.type.startsWith("openstack:")) return [];
    connected ??= credentials().then((each) => CloudApi.connect(each));
    const api = await connected;
    // A state that was written by another computer's clock, ahead of this one, is no older than now.
    const deadline = Math.min(begunBy, Date.now()) + longestRequest;
    for (;;) {
      const left = deadline - Date.now();
      const candidates = await find(api, creation);
      if (left <= 0 || candidates.some(isNew)) return candidates;
      await delay(Math.min(left, pollMilliseconds));
    }
  };
}
