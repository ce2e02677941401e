import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { namespaceOf } from "../../platform/in-cluster.ts";
import type { Ingress } from "../../platform/platform.ts";
import type { WorkloadSettings } from "../../settings/schema/workload.ts";
import { Workload } from "../workload.ts";
import { applicationSecrets, secretByContent } from "./application-secrets.ts";
import { keptInAll, keptInValues } from "./expansion.ts";
import { claimName, fileData, mountsOf } from "./workload-files.ts";
import { workloadFlows } from "./workload-flows.ts";
import { probesOf } from "./workload-probes.ts";

export interface DeclaredWorkloadArgs {
  readonly settings: WorkloadSettings;
  /** The encrypted settings that are applications'. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** Names of the applications that call it. */
  readonly callers: readonly string[];
  readonly nodes: readonly string[];
  readonly ingress?: Ingress;
  /** Of volumes that name no class. */
  readonly defaultStorageClass?: string;
  readonly after: readonly pulumi.Resource[];
}

/** An application of the user's own in a namespace of its own, from any image, as the settings declare it. */
export class DeclaredWorkload extends pulumi.ComponentResource {
  readonly urls: pulumi.Output<string[]>;
  /** Secret. Variable to what was generated for it. */
  readonly passwords: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: DeclaredWorkloadArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:apps:DeclaredWorkload", name, {}, opts);
    const { settings, ingress } = args;
    const level = settings.user === 0 ? "baseline" : "restricted";
    const flows = workloadFlows(settings, { callers: args.callers, ingress });
    const namespace = namespaceOf(name, level, { parent: this, dependsOn: [...args.after] }, flows).metadata.name;
    const parent = { parent: this };
    const secrets = applicationSecrets(name, { wanted: settings.secrets, settings: args.secrets }, parent);
    this.passwords = secrets.generated;
    const names = Object.keys(settings.secrets);
    const secret =
      names.length === 0 ? undefined : secretByContent(name, { namespace, values: secrets.values }, parent);
    const claims = this.claims(name, args, namespace);
    const { port, ports, resources, user, replicas, placement } = settings;
    const workload = new Workload(
      `${name}-workload`,
      {
        objectName: name,
        namespace,
        image: settings.image,
        ...{ port, ports, resources, user, replicas, placement },
        command: keptInAll(settings.command),
        args: keptInAll(settings.args),
        environment: keptInValues(settings.environment),
        servicePort: settings.servicePort ?? port,
        secretEnvironment: secret && { secret: secret.metadata.name, names },
        probes: probesOf(settings),
        mounts: mountsOf(settings, { configMap: this.files(name, settings, namespace), claims }),
        writesToRoot: !settings.readOnlyRootFilesystem,
        recreates: Object.values(settings.volumes).some(({ access }) => access === "ReadWriteOnce"),
        exposure: settings.expose,
        nodes: args.nodes,
        ingress,
      },
      parent,
    );
    this.urls = workload.urls;
    this.registerOutputs({ urls: this.urls, passwords: this.passwords });
  }

  /** Name of the ConfigMap; empty where there are no files. */
  private files(name: string, { files }: WorkloadSettings, namespace: pulumi.Input<string>): pulumi.Input<string> {
    if (Object.keys(files).length === 0) return "";
    const { name: objectName, data } = fileData(name, files);
    const metadata = { namespace, name: objectName };
    return new kubernetes.core.v1.ConfigMap(`${name}-files`, { metadata, data, immutable: true }, { parent: this })
      .metadata.name;
  }

  /** Path to the name of its volume's claim. */
  private claims(name: string, { settings, ...args }: DeclaredWorkloadArgs, namespace: pulumi.Input<string>) {
    const claimed = Object.entries(settings.volumes).map(([path, volume]) => {
      const { size, storageClass = args.defaultStorageClass, access } = volume;
      const claimArgs = {
        // A class may wait for the pod before it makes the volume, and Pulumi would wait for the volume.
        metadata: { namespace, name: claimName(path), annotations: { "pulumi.com/skipAwait": "true" } },
        spec: { accessModes: [access], storageClassName: storageClass, resources: { requests: { storage: size } } },
      };
      const opts = {
        parent: this,
        // The class that was the default and is named now is the same one, and would be another claim to Pulumi, in the old one's place.
        ignoreChanges: ["spec.storageClassName"],
      };
      const claim = new kubernetes.core.v1.PersistentVolumeClaim(`${name}-volume:${path}`, claimArgs, opts);
      return [path, claim.metadata.name] as const;
    });
    return Object.fromEntries(claimed);
  }
}
