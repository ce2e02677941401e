import type { Output, Resource } from "@pulumi/pulumi";
import type { HostPlan } from "../settings/settings.ts";
import type { Connection } from "./connection.ts";
import type { HostScripts } from "./toolkit/host-scripts.ts";

/** A machine of the site: its plan, how it is reached, and which machine it is. */
export interface Host extends HostPlan {
  readonly connection: Connection;
  /**
   * Changes when, and only when, the machine is another machine: the instance's id on OpenStack, the pinned host key's
   * fingerprint elsewhere. Every step on the host is triggered by it.
   */
  readonly identity: Output<string>;
  /** `container`: a host of the lab; kernel modules, sysctl and the clock are this computer's. */
  readonly environment: "hardware" | "container";
  /**
   * It stands already, and would be replaced only once every host before it is back at work: no step of an earlier host may wait
   * for a resource of it. Default: false, all hosts are made at once.
   */
  readonly inTurn?: boolean;
  /** What the host stands on (the instance); its steps are `deletedWith` it, as a lost machine needs no cleaning. */
  readonly machine?: Resource;
  /** Brings our scripts to it, before a step runs there. */
  readonly scripts: HostScripts;
  /** What must stand before the first step on it: routes, floating IP, security groups. */
  readonly reachableAfter: readonly Resource[];
}
