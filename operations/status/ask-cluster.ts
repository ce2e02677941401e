import { z } from "zod";
import { ApiClient, isNotFound } from "../../runtime/kubernetes-api/api-client.ts";
import type { Answer, ClusterFacts, SavedDatabase, Snapshot } from "./facts.ts";
import {
  claim,
  configMap,
  databaseCluster,
  job,
  k3sSnapshot,
  type NodeObject,
  node,
  objectStore,
  pod,
  releaseRevision,
  service,
  workload,
} from "./objects.ts";
import { savedDatabases } from "./saved-databases.ts";
import { whyUnanswered } from "./why-unanswered.ts";

/** What doesn't answer within this time is said to. */
export const deadlineMilliseconds = 3_000;

/** Without what the objects hold: a release's record can have a megabyte. */
const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** Annotation in which a kubeadm server says which snapshot it took last: its time and its name. */
export const snapshotAnnotation = "grappe.dev/etcd-snapshot";

async function answered<Value>(asking: Promise<Value>): Promise<Answer<Value>> {
  return await asking.then(
    (value) => ({ value }),
    (error: unknown) => ({ unanswered: whyUnanswered(error) }),
  );
}

function snapshotOfNode({ metadata }: NodeObject): readonly Snapshot[] {
  const [time = "", name = ""] = (metadata.annotations[snapshotAnnotation] ?? "").split(" ");
  const taken = new Date(time);
  return Number.isNaN(taken.getTime()) ? [] : [{ name, node: metadata.name, taken }];
}

/** Asks one cluster; every request has its own deadline, and all are on their way at once. */
class Questions {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async object<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    return schema.parse(await this.#api.request({ method: "GET", path }, deadlineMilliseconds));
  }

  /** All items of a list; none where the API doesn't know the kind. */
  async items<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    options: { readonly labelSelector?: string; readonly accept?: string } = {},
  ): Promise<readonly z.output<Schema>[]> {
    const { labelSelector, accept } = options;
    const query = labelSelector === undefined ? undefined : { labelSelector };
    const list = await this.#api
      .request({ method: "GET", path, query, accept }, deadlineMilliseconds)
      .catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
        return { items: [] };
      });
    return z.object({ items: z.array(schema).nullish() }).parse(list).items ?? [];
  }
}

async function workloads(questions: Questions) {
  const kinds = ["deployments", "statefulsets", "daemonsets"];
  return (await Promise.all(kinds.map((kind) => questions.items(`/apis/apps/v1/${kind}`, workload)))).flat();
}

async function snapshots(questions: Questions, nodes: Promise<readonly NodeObject[]>): Promise<readonly Snapshot[]> {
  const recorded = await questions.items("/apis/k3s.cattle.io/v1/etcdsnapshotfiles", k3sSnapshot);
  const ofK3s = recorded.flatMap(({ spec, status }) =>
    status.readyToUse && status.creationTime !== undefined
      ? [{ name: spec.snapshotName, node: spec.nodeName, taken: new Date(status.creationTime) }]
      : [],
  );
  return [...ofK3s, ...(await nodes).flatMap(snapshotOfNode)];
}

/** None where neither the operator nor its plugin is. */
async function databases(questions: Questions): Promise<readonly SavedDatabase[]> {
  const [clusters, stores] = await Promise.all([
    questions.items("/apis/postgresql.cnpg.io/v1/clusters", databaseCluster),
    questions.items("/apis/barmancloud.cnpg.io/v1/objectstores", objectStore),
  ]);
  return savedDatabases(clusters, stores);
}

/** The turn (components/cluster/lib/turn.sh) that a node didn't give back. */
async function failedTurn(questions: Questions): Promise<{ node: string; reason: string } | undefined> {
  const turn = await questions
    .object("/api/v1/namespaces/kube-system/configmaps/grappe-turn", configMap)
    .catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
      return undefined;
    });
  const { holder = "?", failed = "" } = turn?.data ?? {};
  return failed === "" ? undefined : { node: holder, reason: failed };
}

const apiVersion = z.object({ gitVersion: z.string() });
const namespace = z.object({ metadata: z.object({ creationTimestamp: z.string() }) });
const birth = ({ metadata }: z.output<typeof namespace>) => new Date(metadata.creationTimestamp);
const helmRecords = { labelSelector: "owner=helm", accept: metadataOnly };

/** Asks a cluster's API for all that status tells. Never throws: what isn't told is said to be so. */
export async function askCluster(kubeconfig: string): Promise<ClusterFacts> {
  const api = new ApiClient(kubeconfig);
  const questions = new Questions(api);
  const nodes = questions.items("/api/v1/nodes", node);
  const [version, born, nodeList, pods, workloadList, jobs, claims, services, releases, snapshotList, saved, turn] =
    await Promise.all([
      answered(questions.object("/version", apiVersion).then(({ gitVersion }) => gitVersion)),
      answered(questions.object("/api/v1/namespaces/kube-system", namespace).then(birth)),
      answered(nodes),
      answered(questions.items("/api/v1/pods", pod)),
      answered(workloads(questions)),
      answered(questions.items("/apis/batch/v1/jobs", job)),
      answered(questions.items("/api/v1/persistentvolumeclaims", claim)),
      answered(questions.items("/api/v1/services", service)),
      answered(questions.items("/api/v1/secrets", releaseRevision, helmRecords)),
      answered(snapshots(questions, nodes)),
      answered(databases(questions)),
      answered(failedTurn(questions)),
    ]);
  return {
    server: api.server,
    version,
    born,
    nodes: nodeList,
    pods,
    workloads: workloadList,
    jobs,
    claims,
    services,
    releases,
    snapshots: snapshotList,
    databases: saved,
    failedTurn: turn,
  };
}
