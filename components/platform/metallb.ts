import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { subnetLabel, subnetLabelValue } from "../cluster/machine-label.ts";
import type { ChartSource } from "./chart.ts";
import { type ControlHost, customResourceGate } from "./custom-resource-gate.ts";
import { namespaceOf } from "./in-cluster.ts";
import { platformFlows } from "./network-flows.ts";
import { release } from "./release.ts";

export interface MetallbArgs {
  readonly source: ChartSource;
  readonly control: ControlHost;
  /** Ranges `first-last` that Services of type LoadBalancer take their addresses from. */
  readonly pool: readonly string[];
  /** Only nodes in this subnet (CIDR) answer for the pool's addresses: elsewhere nobody would hear them. */
  readonly subnet?: string;
  /** Servers run pods: then they, too, must announce addresses, as one whose pods are all there is announced from there or nowhere. */
  readonly serversTakePods: boolean;
  /** What must stand before: the nodes. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * The chart's values: layer 2 only, so no FRR. kubeadm labels servers as no place for load balancers (metallb#2274); a Service whose
 * `externalTrafficPolicy` is Local, and whose pods run on a server alone, would be answered for by nobody.
 */
export function metallbValues(args: Pick<MetallbArgs, "serversTakePods">): pulumi.Inputs {
  return {
    frrk8s: { enabled: false },
    speaker: {
      frr: { enabled: false },
      ignoreExcludeLB: args.serversTakePods,
      // A node short of memory must not lose what answers for the shop's address first.
      priorityClassName: "system-node-critical",
      resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
    },
    controller: {
      priorityClassName: "system-cluster-critical",
      resources: { requests: { cpu: "10m", memory: "48Mi" }, limits: { memory: "192Mi" } },
    },
  };
}

const poolName = "site";

/** The pool's object, without its namespace. */
export function addressPoolSpec(pool: readonly string[]) {
  return { addresses: [...pool], autoAssign: true, avoidBuggyIPs: true };
}

/** Who announces the pool, without its namespace: nodes of the pool's subnet. */
export function advertisementSpec(subnet: string | undefined) {
  return {
    ipAddressPools: [poolName],
    ...(subnet === undefined ? {} : { nodeSelectors: [{ matchLabels: { [subnetLabel]: subnetLabelValue(subnet) } }] }),
  };
}

/** MetalLB in layer 2 mode: addresses of the site's pool for Services of type LoadBalancer, answered for by ARP. */
export class Metallb extends pulumi.ComponentResource {
  /** Stands once an address can be asked for. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: MetallbArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:platform:Metallb", name, {}, opts);
    const parent = { parent: this };
    // Speakers use the host's network and raw sockets for ARP.
    const namespace = namespaceOf(
      "metallb-system",
      "privileged",
      { ...parent, dependsOn: [...args.after] },
      platformFlows["metallb-system"],
    );
    const chart = release(
      `${name}-release`,
      { name: "metallb", source: args.source, namespace: namespace.metadata.name, values: metallbValues(args) },
      parent,
    );
    const metadata = { namespace: namespace.metadata.name, name: poolName };
    const pool = {
      apiVersion: "metallb.io/v1beta1",
      kind: "IPAddressPool",
      metadata,
      spec: addressPoolSpec(args.pool),
    };
    const gate = customResourceGate(
      `${name}-gate`,
      {
        control: args.control,
        definitions: ["ipaddresspools.metallb.io", "l2advertisements.metallb.io"],
        probe: pulumi.output(pool),
      },
      { ...parent, dependsOn: chart },
    );
    const addresses = new kubernetes.apiextensions.CustomResource(`${name}-pool`, pool, { ...parent, dependsOn: gate });
    this.ready = new kubernetes.apiextensions.CustomResource(
      `${name}-advertisement`,
      {
        apiVersion: "metallb.io/v1beta1",
        kind: "L2Advertisement",
        metadata,
        spec: advertisementSpec(args.subnet),
      },
      { ...parent, dependsOn: addresses },
    );
    this.registerOutputs();
  }
}
