import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ChartSource } from "./chart.ts";

export interface ReleaseArgs {
  /** Name of the release in Helm's own records. */
  readonly name: string;
  readonly source: ChartSource;
  readonly namespace: pulumi.Input<string>;
  readonly values: pulumi.Inputs;
  /** How long Helm may wait for the chart's workloads and jobs. Default: 600. */
  readonly timeoutSeconds?: number;
}

/**
 * A Helm release that stands only once its workloads are ready and its jobs are done, by Helm itself, hooks included. What
 * a failed upgrade created new is removed again; what a failed first installation created stays, for the next `up` to mend.
 */
export function release(
  resourceName: string,
  args: ReleaseArgs,
  opts: pulumi.CustomResourceOptions,
): kubernetes.helm.v3.Release {
  return new kubernetes.helm.v3.Release(
    resourceName,
    {
      ...args.source,
      name: args.name,
      namespace: args.namespace,
      values: args.values,
      timeout: args.timeoutSeconds ?? 600,
      skipAwait: false,
      waitForJobs: true,
      cleanupOnFail: true,
      // Records of old revisions hold whole manifests in etcd; ten are enough to see what happened.
      maxHistory: 10,
    },
    opts,
  );
}
