import { z } from "zod";
import { ApiClient } from "../../kubernetes-api/api-client.ts";
import { type Interrupted, releaseType } from "../../state/deployment.ts";
import type { Candidate } from "../adoption.ts";
import type { LookUp } from "../recover-stack.ts";
import { failedRecord, isCutOff, lastRevision, type ReleaseRecord, statusOf } from "./release-record.ts";

const releaseInputs = z.object({ name: z.string(), namespace: z.string() });
const secretList = z.looseObject({ items: z.array(z.unknown()).nullish() });

/** A cluster that doesn't answer within this time doesn't answer. */
const probeMilliseconds = 10_000;

function secretsOf(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
}

/** `undefined`: the cluster doesn't let itself be asked. */
async function findRelease(api: ApiClient, inputs: unknown): Promise<readonly Candidate[] | undefined> {
  const { name, namespace } = releaseInputs.parse(inputs);
  const query = { labelSelector: `owner=helm,name=${name}` };
  const answer = await api.request({ method: "GET", path: secretsOf(namespace), query }).catch(() => undefined);
  if (answer === undefined) return undefined;
  const record = lastRevision(secretList.parse(answer).items ?? []);
  if (record === undefined) return [];
  const settle = async (cutOff: ReleaseRecord) => {
    const path = `${secretsOf(namespace)}/${encodeURIComponent(cutOff.metadata.name)}`;
    await api.request({
      method: "PUT",
      path,
      body: JSON.stringify({ apiVersion: "v1", kind: "Secret", ...failedRecord(cutOff) }),
    });
  };
  const release: Candidate = {
    id: `${namespace}/${name}`,
    description: `release ${name}, ${statusOf(record)}`,
    unfinished: "resume",
  };
  return [isCutOff(record) ? { ...release, settle: () => settle(record) } : release];
}

async function reach(kubeconfig: string | undefined): Promise<ApiClient | undefined> {
  if (kubeconfig === undefined) return undefined;
  const api = new ApiClient(kubeconfig);
  return await api.version(probeMilliseconds).then(
    () => api,
    () => undefined,
  );
}

/**
 * Looks up in the cluster which Helm releases creations left. All other objects of Kubernetes have fixed names and are taken
 * over by the next run. A cluster that doesn't answer, refuses the kubeconfig, or isn't there any more, can't be asked.
 *
 * @param kubeconfig asked for only when a release is looked up; `undefined`: the state has no cluster
 */
export function kubernetesLookUp(
  kubeconfig: () => Promise<string | undefined>,
): (interrupted: Interrupted) => ReturnType<LookUp> {
  let reached: Promise<ApiClient | undefined> | undefined;
  return async ({ type, inputs }) => {
    if (type !== releaseType) return [];
    reached ??= kubeconfig().then(reach);
    const api = await reached;
    return api === undefined ? undefined : await findRelease(api, inputs);
  };
}
