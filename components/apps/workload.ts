import assert from "node:assert/strict";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Ingress } from "../platform/platform.ts";
import type { Exposure } from "../settings/schema/exposure.ts";
import { exposedService, exposedUrls, ingressObject } from "./exposure.ts";
import { podSpec, type WorkloadPod, workloadLabels } from "./workload-objects.ts";

export interface WorkloadArgs extends Omit<WorkloadPod, "name"> {
  /** Name of the objects; default: the component's own. */
  readonly objectName?: string;
  /** The output of the namespace's name, so that the namespace stands first. */
  readonly namespace: pulumi.Input<string>;
  readonly replicas: number;
  /** An update ends the old pod before it starts the new one, as both can't have its volume. Default: it doesn't. */
  readonly recreates?: boolean;
  /** Default: reached in the cluster only, by the name of its Service. */
  readonly exposure?: Exposure;
  /** Port of its Service, which is there with `port` or `ports`. Default: 80. */
  readonly servicePort?: number;
  /** Addresses of the nodes, for the URLs of a node port. */
  readonly nodes?: readonly string[];
  /** The ingress, for an exposure by it. */
  readonly ingress?: Ingress;
}

/**
 * An application of our own: identical pods behind a Service. An update starts a new pod before it ends an old one, an ending
 * pod serves until nobody asks it any more, and a drain never takes more than one at a time.
 */
export class Workload extends pulumi.ComponentResource {
  /** Where it answers from outside the cluster; empty without an exposure. */
  readonly urls: pulumi.Output<string[]>;
  /** Host name of its Service inside the cluster. */
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: WorkloadArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:apps:Workload", name, {}, opts);
    const object = args.objectName ?? name;
    const metadata = { namespace: args.namespace, name: object, labels: workloadLabels(object) };
    this.deployment(name, args, metadata);
    if (args.replicas > 1) this.disruptionBudget(name, metadata);
    const service = this.service(name, args, metadata);
    this.host =
      service === undefined
        ? pulumi.output("")
        : pulumi.interpolate`${service.metadata.name}.${service.metadata.namespace}.svc`;
    this.urls = service === undefined ? pulumi.output([]) : this.expose(name, service, args, metadata);
    this.registerOutputs({ urls: this.urls });
  }

  /** Opens its Service to the outside, and tells where it is reached. */
  private expose(
    name: string,
    service: kubernetes.core.v1.Service,
    args: WorkloadArgs,
    metadata: Metadata,
  ): pulumi.Output<string[]> {
    const { exposure, ingress } = args;
    if (exposure === undefined) return pulumi.output([]);
    if (exposure.by === "ingress") {
      assert(ingress !== undefined, `${name} is exposed by an ingress that is not there`);
      new kubernetes.networking.v1.Ingress(`${name}-ingress`, ingressObject(metadata, ingress, exposure), {
        parent: this,
        dependsOn: service,
      });
    }
    return this.urlsOf(service, exposure, args);
  }

  private deployment(name: string, args: WorkloadArgs, metadata: Metadata): void {
    const labels = metadata.labels;
    new kubernetes.apps.v1.Deployment(
      `${name}-deployment`,
      {
        metadata,
        spec: {
          replicas: args.replicas,
          revisionHistoryLimit: 3,
          selector: { matchLabels: labels },
          strategy: args.recreates === true ? { type: "Recreate" } : rolling,
          template: { metadata: { labels }, spec: podSpec({ ...args, name: metadata.name }) },
        },
      },
      { parent: this },
    );
  }

  private disruptionBudget(name: string, metadata: Metadata): void {
    new kubernetes.policy.v1.PodDisruptionBudget(
      `${name}-disruption-budget`,
      {
        metadata,
        spec: {
          maxUnavailable: 1,
          selector: { matchLabels: metadata.labels },
          // A pod that doesn't serve protects nobody; it must not hold up a drain.
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
      },
      { parent: this },
    );
  }

  /** None where nothing listens. */
  private service(name: string, args: WorkloadArgs, metadata: Metadata): kubernetes.core.v1.Service | undefined {
    const { annotations, spec, nodePort } = exposedService(args.exposure);
    const ports = [
      ...(args.port === undefined
        ? []
        : [{ name: "http", port: args.servicePort ?? 80, targetPort: "http", nodePort }]),
      ...Object.entries(args.ports ?? {}).map(([own, { port, protocol }]) => ({
        name: own,
        port,
        targetPort: own,
        protocol,
      })),
    ];
    if (ports.length === 0) return undefined;
    return new kubernetes.core.v1.Service(
      `${name}-service`,
      { metadata: { ...metadata, annotations }, spec: { ...spec, selector: metadata.labels, ports } },
      { parent: this },
    );
  }

  private urlsOf(service: kubernetes.core.v1.Service, exposure: Exposure, args: WorkloadArgs): pulumi.Output<string[]> {
    if (exposure.by !== "loadBalancer") {
      return pulumi.output(exposedUrls(exposure, args.nodes ?? [], undefined, args.ingress));
    }
    return service.status.apply((status) => {
      const balanced = status?.loadBalancer?.ingress?.[0]?.ip ?? exposure.address;
      return exposedUrls(exposure, args.nodes ?? [], balanced, args.ingress).map(
        (url) => `${url}${args.servicePort === undefined || args.servicePort === 80 ? "" : `:${args.servicePort}`}`,
      );
    });
  }
}

/** A new pod serves before an old one ends. */
const rolling = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } };

interface Metadata {
  readonly namespace: pulumi.Input<string>;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}
