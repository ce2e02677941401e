import type { ParsedSettings } from "../../components/settings/parse.ts";
import type { LockState } from "../../runtime/state/run-lock.ts";
import type {
  ClaimObject,
  JobObject,
  NodeObject,
  PodObject,
  ReleaseRevision,
  ServiceObject,
  WorkloadObject,
} from "./objects.ts";

/** What was asked for, or why it wasn't told. */
export type Answer<Value> = { readonly value: Value } | { readonly unanswered: string };

/** What the settings say that the cluster can be compared with. */
export type Declared = Pick<ParsedSettings, "hosts" | "cluster" | "platform">;

/** What the stack's state tells: what the last run made and how it ended. */
export interface StateFacts {
  /** Whether there is a kubeconfig, and so was a cluster. */
  readonly hasCluster: boolean;
  /** `undefined`: only the backend knows, and it tells nobody but the next run. */
  readonly locks?: readonly { readonly description: string; readonly state: LockState }[];
  /** Names of resources with an operation that a killed run began. */
  readonly interrupted: readonly string[];
  /** Names of resources that the last run left unfinished. */
  readonly unfinished: readonly string[];
  readonly namespaces: readonly string[];
  readonly releases: readonly { readonly name: string; readonly namespace: string }[];
}

/** A snapshot of etcd. */
export interface Snapshot {
  readonly name: string;
  readonly node: string;
  readonly taken: Date;
}

/** A database that is saved to a bucket. */
export interface SavedDatabase {
  readonly namespace: string;
  readonly name: string;
  readonly born: Date;
  /** Its folder in the bucket. */
  readonly server: string;
  /** End of the last whole copy. */
  readonly lastCopy?: Date;
  readonly lastFailedCopy?: Date;
  /** The oldest moment that can be restored. */
  readonly restorableFrom?: Date;
  /** Why changes aren't saved as they happen; `undefined`: they are, or nobody knows yet. */
  readonly notSaved?: string;
}

/** What the cluster's API tells. */
export interface ClusterFacts {
  /** Where it is asked. */
  readonly server: string;
  /** Of the API server; an answer to it is the cluster's sign of life. */
  readonly version: Answer<string>;
  readonly born: Answer<Date>;
  readonly nodes: Answer<readonly NodeObject[]>;
  readonly pods: Answer<readonly PodObject[]>;
  readonly workloads: Answer<readonly WorkloadObject[]>;
  readonly jobs: Answer<readonly JobObject[]>;
  readonly claims: Answer<readonly ClaimObject[]>;
  readonly services: Answer<readonly ServiceObject[]>;
  readonly releases: Answer<readonly ReleaseRevision[]>;
  readonly snapshots: Answer<readonly Snapshot[]>;
  /** Databases that are saved to a bucket. */
  readonly databases: Answer<readonly SavedDatabase[]>;
  /** The node that failed while it was changed, and why; `undefined`: none. */
  readonly failedTurn: Answer<{ readonly node: string; readonly reason: string } | undefined>;
}

export interface CertificateFact {
  /** Whose it is, such as `API at 192.168.1.10:6443`. */
  readonly of: string;
  readonly from: Date;
  readonly until: Date;
  /** The name that it was asked for and isn't for. */
  readonly notFor?: string;
}

export interface UnreadCertificate {
  readonly of: string;
  readonly unanswered: string;
}

export interface ApplicationFact {
  readonly application: string;
  readonly address: string;
  /** HTTP status and the milliseconds to it. */
  readonly answer: Answer<{ readonly status: number; readonly milliseconds: number; readonly noRoute: boolean }>;
}

/** What a user runs to mend this stack. */
export interface Commands {
  readonly up: string;
  readonly refresh: string;
  readonly recover: string;
  readonly check: string;
}

/** All that was found out about a stack, without any secret. */
export interface Facts {
  readonly stack: string;
  readonly commands: Commands;
  readonly now: Date;
  readonly declared: Answer<Declared>;
  readonly state: StateFacts;
  /** `undefined`: the state has none. */
  readonly cluster?: ClusterFacts;
  readonly applications: readonly ApplicationFact[];
  readonly certificates: readonly (CertificateFact | UnreadCertificate)[];
}

/** Something that isn't as declared, and what to do about it. */
export interface Finding {
  readonly about: string;
  readonly problem: string;
  readonly fix?: string;
}

/** What was told, or `undefined` (pure). */
export function told<Value>(answer: Answer<Value>): Value | undefined {
  return "value" in answer ? answer.value : undefined;
}
