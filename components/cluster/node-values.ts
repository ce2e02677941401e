import { createHash } from "node:crypto";
import type { Host } from "../host/host.ts";
import { apiHealthCheck, renderKeepalived } from "./api-endpoint.ts";
import type { DistributionArgs } from "./distribution.ts";
import { labelLines, nodeLabels, nodeTaints, taintLines } from "./node-labels.ts";

/** Hash (pure) of what a node's configuration is made of. */
export function hashOf(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

/** Values that every script about a server takes. */
export function serverValues(args: DistributionArgs, host: Host): Record<string, string> {
  const { settings, apiAddress: address, apiAddressIsVirtual } = args;
  const { virtualRouterId } = settings;
  const servers = args.hosts.filter(({ role }) => role === "server").map(({ privateAddress }) => privateAddress);
  return {
    distribution: settings.distribution,
    nodeName: host.name,
    nodeAddress: host.privateAddress,
    labels: labelLines(nodeLabels(host)),
    taints: taintLines(nodeTaints(host, settings)),
    drainTimeoutSeconds: String(settings.drainTimeoutSeconds),
    otherServers: servers.filter((address) => address !== host.privateAddress).join(" "),
    keepalivedConf: apiAddressIsVirtual
      ? renderKeepalived({ address, virtualRouterId, servers }, host.privateAddress)
      : "",
    apiHealthCheck,
  };
}
