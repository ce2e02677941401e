import * as pulumi from "@pulumi/pulumi";
import { namespaceOf } from "../../platform/in-cluster.ts";
import type { Ingress } from "../../platform/platform.ts";
import { exposedFlow } from "../exposed-flow.ts";
import { sourcesConfigMap } from "../service-sources.ts";
import { Workload } from "../workload.ts";
import type { EdgeSettings } from "./manifest.ts";

export interface EdgeArgs {
  readonly settings: EdgeSettings;
  readonly image: string;
  /** Whether the program isn't in the image, but mounted. */
  readonly mountsSources: boolean;
  readonly nodes: readonly string[];
  readonly ingress?: Ingress;
  readonly after: readonly pulumi.Resource[];
}

const edgePort = 8080;

/** An HTTP application that runs where the nodes carry a label, such as `PoP: space_1`, and tells where that is. */
export class Edge extends pulumi.ComponentResource {
  readonly urls: pulumi.Output<string[]>;

  constructor(name: string, args: EdgeArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:apps:Edge", name, {}, opts);
    const { replicas, placement, expose: exposure } = args.settings;
    const flows = exposedFlow(exposure, edgePort, args.ingress);
    const namespace = namespaceOf(name, "restricted", { parent: this, dependsOn: [...args.after] }, flows);
    const inNamespace = { service: "edge", namespace: namespace.metadata.name } as const;
    const sources = args.mountsSources ? sourcesConfigMap(`${name}-sources`, inNamespace, { parent: this }) : undefined;
    const workload = new Workload(
      `${name}-app`,
      {
        objectName: name,
        namespace: namespace.metadata.name,
        image: args.image,
        sources: sources?.metadata.name,
        command: ["node", "/app/main.ts"],
        port: edgePort,
        replicas,
        placement,
        environment: { PORT: String(edgePort), PLACEMENT: JSON.stringify(placement) },
        fields: { NODE_NAME: "spec.nodeName", POD_NAME: "metadata.name" },
        // As the calculator's: Node and its type stripping.
        resources: { cpu: "20m", memory: "128Mi" },
        exposure,
        nodes: args.nodes,
        ingress: args.ingress,
      },
      { parent: this },
    );
    this.urls = workload.urls;
    this.registerOutputs({ urls: this.urls });
  }
}
