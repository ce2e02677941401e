import type { PlainMap } from "../../../runtime/provider-protocol/property-value.ts";
import type { Cloud } from "../../world/cloud/cloud.ts";
import type { Arguments } from "../arguments.ts";

export interface OpenstackCreated {
  readonly id: string;
  readonly outputs: PlainMap;
  /** Why it stands and isn't what was asked for. */
  readonly failure?: string;
}

/** How one type of OpenStack resource behaves. */
export interface OpenstackResource {
  /** Properties whose change replaces the resource: `ForceNew` of terraform-provider-openstack v1.54.1. */
  readonly forceNew: readonly string[];
  /** Whether the bridge gives it a name of its own when none is given: it has a property `name`. */
  readonly named: boolean;
  /** Outputs that only the API knows. */
  readonly computed: readonly string[];
  readonly seconds: { readonly create: number; readonly update: number; readonly delete: number };
  create(cloud: Cloud, inputs: Arguments): OpenstackCreated;
  /** What the API says of it when it is read, by the names of outputs; missing where only the program changes it. */
  read?(cloud: Cloud, id: string): PlainMap;
  /** Changes it in place; returns the outputs that changed with it. */
  update(cloud: Cloud, id: string, inputs: Arguments, before: Arguments): PlainMap;
  delete(cloud: Cloud, id: string, state: Arguments): void;
  /** The ids of the cloud's objects that these inputs describe: how an interrupted creation is found. */
  find(cloud: Cloud, inputs: Arguments): readonly string[];
}

/** What the provider waits at least before it asks whether a thing of Neutron is there (`Delay: 5 * time.Second`). */
export const NETWORK_SECONDS = 5.5;

export const unchanged = (): PlainMap => ({});

/** The ids of objects for which something holds. */
export function idsWhere<Value>(objects: ReadonlyMap<string, Value>, holds: (value: Value) => boolean): string[] {
  return [...objects].filter(([, value]) => holds(value)).map(([id]) => id);
}
