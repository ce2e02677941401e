import * as pulumi from "@pulumi/pulumi";
import { namespaceOf } from "../../platform/in-cluster.ts";
import { amongOwn, askDns } from "../../platform/network-flows.ts";
import type { Ingress } from "../../platform/platform.ts";
import { exposedFlow } from "../exposed-flow.ts";
import { sourcesConfigMap } from "../service-sources.ts";
import { Workload, type WorkloadArgs } from "../workload.ts";
import type { CalculatorSettings } from "./manifest.ts";

export interface CalculatorArgs {
  readonly settings: CalculatorSettings;
  readonly image: string;
  /** Whether the program isn't in the image, but mounted. */
  readonly mountsSources: boolean;
  readonly nodes: readonly string[];
  readonly ingress?: Ingress;
  readonly after: readonly pulumi.Resource[];
}

/** The operations' services and their ports (system 4). */
const operationPorts = { sum: 50001, sub: 50002, mul: 50003, div: 50004 } as const;
const calculatorPort = 50000;

/** Node and its type stripping take about 90 MiB once they are up. */
const resources = { cpu: "20m", memory: "128Mi" };

/** Five services of one image: CalculatorService asks SUM, SUB, MUL and DIV. */
export class Calculator extends pulumi.ComponentResource {
  readonly urls: pulumi.Output<string[]>;

  constructor(name: string, args: CalculatorArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:apps:Calculator", name, {}, opts);
    const { settings } = args;
    const asked = exposedFlow(settings.expose, calculatorPort, args.ingress);
    const flows = [askDns, ...amongOwn, ...asked];
    const namespace = namespaceOf(name, "restricted", { parent: this, dependsOn: [...args.after] }, flows);
    const inNamespace = { service: "calculator", namespace: namespace.metadata.name } as const;
    const sources = args.mountsSources ? sourcesConfigMap(`${name}-sources`, inNamespace, { parent: this }) : undefined;
    const service = (role: string, port: number, rest: Partial<WorkloadArgs>): Workload =>
      new Workload(
        `${name}-${role}`,
        {
          objectName: role,
          namespace: namespace.metadata.name,
          image: args.image,
          sources: sources?.metadata.name,
          command: ["node", "/app/main.ts", role],
          port,
          servicePort: port,
          replicas: settings.replicas,
          resources,
          ...rest,
          environment: { PORT: String(port), ...rest.environment },
        },
        { parent: this },
      );
    const backend = (role: keyof typeof operationPorts) => {
      const port = operationPorts[role];
      return pulumi.interpolate`http://${service(role, port, {}).host}:${port}`;
    };
    const environment = {
      SUM_URL: backend("sum"),
      SUB_URL: backend("sub"),
      MUL_URL: backend("mul"),
      DIV_URL: backend("div"),
    };
    const { expose: exposure } = settings;
    const { nodes, ingress } = args;
    this.urls = service("calculator", calculatorPort, { environment, exposure, nodes, ingress }).urls;
    this.registerOutputs({ urls: this.urls });
  }
}
