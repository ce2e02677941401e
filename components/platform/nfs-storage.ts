import * as pulumi from "@pulumi/pulumi";
import type { ChartSource } from "./chart.ts";
import { namespaceOf } from "./in-cluster.ts";
import { platformFlows } from "./network-flows.ts";
import { type NfsServerArgs, nfsServer } from "./nfs-server.ts";
import { release } from "./release.ts";
import { defaultClassAnnotation, type StorageSettings } from "./storage-class.ts";

/** What the class `nfs-client` says. */
export interface NfsClass {
  /** Address of the NFS server. */
  readonly server: string;
  readonly path: string;
  readonly isDefault: boolean;
  readonly onDelete: StorageSettings["onDelete"];
}

export interface NfsStorageArgs {
  readonly source: ChartSource;
  /** The server that is made, or where an existing one is. */
  readonly export: NfsServerArgs | { readonly server: string; readonly path: string };
  readonly isDefault: boolean;
  readonly onDelete: StorageSettings["onDelete"];
  readonly after: readonly pulumi.Resource[];
}

/** The chart's values: one class, version 4.1 and `hard`, as a write that fails silently costs a database its data. */
export function nfsValues({ server, path, isDefault, onDelete }: NfsClass): pulumi.Inputs {
  return {
    // The snapshotter needs custom resources that another chart would bring.
    controller: { enableSnapshotter: false },
    storageClasses: [
      {
        name: "nfs-client",
        annotations: isDefault ? { [defaultClassAnnotation]: "true" } : {},
        parameters: {
          server,
          share: path,
          // One folder for each volume, which tells a person whose it was.
          subDir: "$" + "{pvc.metadata.namespace}-$" + "{pvc.metadata.name}-$" + "{pv.metadata.name}",
          onDelete,
        },
        // The driver acts on `onDelete` only where Kubernetes deletes the volume.
        reclaimPolicy: onDelete === "retain" ? "Retain" : "Delete",
        volumeBindingMode: "Immediate",
        allowVolumeExpansion: true,
        mountOptions: ["nfsvers=4.1", "hard"],
      },
    ],
  };
}

/** Class `nfs-client`: volumes are folders of one NFS export, by csi-driver-nfs; the server is made first, or there already. */
export class NfsStorage extends pulumi.ComponentResource {
  /** Stands once claims are served. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: NfsStorageArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:platform:NfsStorage", name, {}, opts);
    const parent = { parent: this };
    // Its host is prepared then, also where it was replaced.
    const onNodes = { ...parent, dependsOn: [...args.after] };
    const made = "host" in args.export ? nfsServer(`${name}-server`, args.export, onNodes) : undefined;
    // The driver mounts on the node's own file system.
    const namespace = namespaceOf("csi-driver-nfs", "privileged", onNodes, platformFlows["csi-driver-nfs"]);
    const server = "host" in args.export ? args.export.host.privateAddress : args.export.server;
    const { path } = args.export;
    this.ready = release(
      `${name}-release`,
      {
        name: "csi-driver-nfs",
        source: args.source,
        namespace: namespace.metadata.name,
        values: nfsValues({ server, path, isDefault: args.isDefault, onDelete: args.onDelete }),
      },
      // Clients after the server, and so, when all is taken down, before it: an unmount without its server hangs.
      { ...parent, dependsOn: made === undefined ? [] : [made] },
    );
    this.registerOutputs();
  }
}
