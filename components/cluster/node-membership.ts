import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host.ts";
import { loadScript } from "../host/script.ts";
import { shellAssignments } from "../host/shell-assignments.ts";
import { stepCommand } from "../host/step-command.ts";
import type { ClusterSettings } from "../settings/schema/cluster.ts";
import { isChart } from "./cni/manifests.ts";
import type { Distribution } from "./distribution.ts";
import { machineLabelValue } from "./machine-label.ts";
import { labelLines, nodeLabels, nodeTaints, taintLines } from "./node-labels.ts";

const membershipScript = loadScript(import.meta.url, "./membership.sh");
const removalScript = loadScript(import.meta.url, "./removal.sh");

/** A node may wait behind every other one for its turn. */
const membershipDeadlineSeconds = 21_600;

export interface NodeMembershipArgs {
  readonly host: Host;
  /** The server that speaks for the node; another machine, where there is one. */
  readonly via: Host;
  readonly distribution: Distribution;
  readonly settings: ClusterSettings;
  readonly bootstrapTokenId: pulumi.Input<string>;
  /** Nobody needs to leave a cluster that goes as a whole. */
  readonly anchor: pulumi.Resource;
}

/**
 * A node's membership of the cluster, kept on a server: being made or changed, it waits until the node is Ready and makes its
 * labels and taints what the settings say; being deleted, it drains the node and makes the cluster forget it. It is deleted
 * before anything else of the node is.
 */
export function nodeMembership(
  name: string,
  args: NodeMembershipArgs,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  const { host, via, distribution, settings } = args;
  const values = pulumi
    .all([host.identity, distribution.configHash(host), args.bootstrapTokenId])
    .apply(([identity, configHash, bootstrapTokenId]) =>
      shellAssignments({
        distribution: distribution.name,
        role: host.role,
        nodeName: host.name,
        nodeAddress: host.privateAddress,
        machine: machineLabelValue(identity),
        configHash,
        certificateMonth: distribution.certificateMonth(host),
        bootstrapTokenId,
        labels: labelLines(nodeLabels(host)),
        taints: taintLines(nodeTaints(host, settings)),
        cniByChart: isChart(settings) ? "yes" : "no",
        clusterDnsPatch: distribution.clusterDnsPatch,
        drainTimeoutSeconds: String(settings.drainTimeoutSeconds),
      }),
    );
  return new remote.Command(
    name,
    {
      connection: via.connection,
      create: stepCommand(membershipScript, { name, deadlineSeconds: membershipDeadlineSeconds, detached: true }),
      delete: stepCommand(removalScript, {
        name: `${name}-removal`,
        anyEdition: true,
        deadlineSeconds: settings.drainTimeoutSeconds + 600,
        detached: true,
      }),
      stdin: values,
      triggers: [host.identity],
      logging: remote.Logging.Stderr,
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(opts, {
      // The old machine leaves before the new one of its name comes.
      deleteBeforeReplace: true,
      deletedWith: args.anchor,
      additionalSecretOutputs: ["stdout", "stderr"],
      dependsOn: [...via.reachableAfter],
      hooks: via.scripts.speaking,
    }),
  );
}
