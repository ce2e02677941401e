import { createHash } from "node:crypto";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { proxyAddress } from "../../host/proxy.ts";
import { loadScript } from "../../host/script.ts";
import { runOnHost } from "../../host/step.ts";
import type { ControlHost } from "../../platform/custom-resource-gate.ts";
import type { DatabaseBackups } from "../../platform/platform.ts";
import {
  destinationPath,
  objectStoreSpec,
  scheduledBackupSpec,
  scheduleName,
  serverName,
  storeKeys,
} from "./backup-objects.ts";

/** A first copy may be under way; a Raspberry Pi's archiver takes some seconds for a file. */
const gateSeconds = 600;

export interface DatabaseBackupArgs {
  readonly backups: DatabaseBackups;
  readonly control: ControlHost;
  /** The application's, as settings call it. */
  readonly app: string;
  /** The database's own, which goes with it. */
  readonly namespace: kubernetes.core.v1.Namespace;
  /** Name of the Cluster object. */
  readonly cluster: string;
}

/** Where a database is saved, for whoever restores it. */
export interface SavedAt {
  /** Its folder in the bucket: what `restore.from` names. */
  readonly server: pulumi.Output<string>;
  /** Such as `s3://bucket/folder/`. */
  readonly store: string;
}

/** One application's database, saved to the bucket: its ObjectStore, to which a Cluster refers, and once that stands the schedule. */
export class DatabaseBackup extends pulumi.ComponentResource {
  /** Name of the ObjectStore. */
  readonly objectStore: string;
  readonly savedAt: SavedAt;
  /** A Cluster that refers to it waits for this. */
  readonly ready: pulumi.Resource;
  readonly #name: string;
  readonly #args: DatabaseBackupArgs;

  constructor(name: string, args: DatabaseBackupArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:apps:DatabaseBackup", name, {}, opts);
    this.#name = name;
    this.#args = args;
    const { backups, namespace, cluster, app } = args;
    const { settings, proxy, stack } = backups;
    this.objectStore = cluster;
    this.savedAt = {
      server: namespace.metadata.uid.apply((uid) => serverName(stack, app, uid)),
      store: destinationPath(settings.s3),
    };
    const secret = this.#secret(`${cluster}-backup`);
    this.ready = new kubernetes.apiextensions.CustomResource(
      `${name}-store`,
      {
        apiVersion: "barmancloud.cnpg.io/v1",
        kind: "ObjectStore",
        metadata: { namespace: namespace.metadata.name, name: cluster },
        spec: objectStoreSpec(settings, `${cluster}-backup`, proxy?.exceptions),
      },
      { parent: this, dependsOn: secret },
    );
    this.registerOutputs({ server: this.savedAt.server });
  }

  /**
   * The copies, from the first one on, and proof that the bucket takes what is written.
   *
   * @param database stands once the Cluster does
   * @param revision of what made it: it may have changed the database
   */
  begin(database: pulumi.Resource, revision: pulumi.Input<string>): void {
    const { backups, control, namespace, cluster } = this.#args;
    const { settings, secretKey, proxy } = backups;
    const schedule = new kubernetes.apiextensions.CustomResource(
      `${this.#name}-schedule`,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "ScheduledBackup",
        metadata: { namespace: namespace.metadata.name, name: scheduleName(cluster, settings.s3) },
        spec: scheduledBackupSpec(settings, cluster),
      },
      { parent: this, dependsOn: database },
    );
    const hash = pulumi.all([secretKey, proxy?.password ?? "", revision]).apply((parts) =>
      createHash("sha256")
        .update(JSON.stringify([settings.s3, proxy?.url, parts]))
        .digest("hex"),
    );
    runOnHost(
      `${this.#name}-gate`,
      {
        host: control.host,
        script: loadScript(import.meta.url, "./backup-gate.sh"),
        values: {
          distribution: control.distribution,
          namespace: namespace.metadata.name,
          cluster,
          bucket: this.savedAt.store,
          deadline: String(gateSeconds),
        },
        // Another key, and it is tried again.
        secrets: { revision: hash },
        deadlineSeconds: 2 * gateSeconds + 150,
      },
      { parent: this, dependsOn: schedule },
    );
  }

  #secret(name: string): kubernetes.core.v1.Secret {
    const { backups, namespace } = this.#args;
    const { settings, secretKey, proxy } = backups;
    const { accessKey, region, certificateAuthority } = settings.s3;
    const password = proxy?.password ?? pulumi.output(undefined);
    const login = (text: string | undefined) =>
      proxy?.user === undefined || text === undefined ? undefined : { user: proxy.user, password: text };
    return new kubernetes.core.v1.Secret(
      `${this.#name}-secret`,
      {
        metadata: { namespace: namespace.metadata.name, name, labels: { "cnpg.io/reload": "true" } },
        type: "Opaque",
        stringData: {
          [storeKeys.accessKey]: accessKey,
          [storeKeys.secretKey]: secretKey,
          [storeKeys.region]: region,
          ...(certificateAuthority === undefined ? {} : { [storeKeys.certificateAuthority]: certificateAuthority }),
          ...(proxy === undefined
            ? {}
            : { [storeKeys.proxy]: pulumi.secret(password).apply((text) => proxyAddress(proxy, login(text))) }),
        },
      },
      { parent: this },
    );
  }
}
