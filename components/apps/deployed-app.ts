import type * as pulumi from "@pulumi/pulumi";
import type { ArtifactSource } from "../host/artifacts/artifact-source.ts";
import type { Ingress, Platform } from "../platform/platform.ts";
import type { Architecture } from "../settings/schema/primitives.ts";
import type { Settings } from "../settings/settings.ts";
import type { SavedAt } from "./database-backup/database-backup.ts";
import type { AppSettings } from "./manifest.ts";

/** What applications are deployed beside and on. */
export interface AppSurroundings {
  /** Of the whole stack. */
  readonly settings: Settings;
  readonly platform: Platform;
  readonly source: ArtifactSource;
  /** Addresses of the nodes. */
  readonly nodes: readonly string[];
  readonly architectures: readonly Architecture[];
  /** How many nodes take applications' pods. */
  readonly schedulableNodes: number;
  readonly ingress?: Ingress | undefined;
  readonly opts: pulumi.ComponentResourceOptions;
}

/** Who logs in to an application. */
export interface Logins {
  readonly adminLogin: string;
  readonly adminPassword: pulumi.Output<string>;
  /** Login to password of each cashier; absent where there are none. */
  readonly cashiers?: Readonly<Record<string, pulumi.Output<string>>>;
}

/** What an application tells of itself. */
export interface DeployedApp {
  readonly urls: pulumi.Output<string[]>;
  readonly logins?: Logins | undefined;
  /** Where its database is saved. */
  readonly savedAt?: SavedAt | undefined;
  /** What was generated for it, by its place; secret. */
  readonly passwords?: Readonly<Record<string, pulumi.Output<string>>>;
}

/** How an application of one kind is deployed. */
export interface AppDeployer<Settings extends AppSettings> {
  deploy(name: string, settings: Settings, surroundings: AppSurroundings): DeployedApp;
}
