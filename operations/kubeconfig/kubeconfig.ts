import { randomBytes, X509Certificate } from "node:crypto";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { ApiClient, isNotFound } from "../../runtime/kubernetes-api/api-client.ts";
import { UsageError } from "../errors/usage-error.ts";
import { readStack } from "../status/read-state.ts";
import type { Subject } from "../status/status.ts";
import { whyUnanswered } from "../status/why-unanswered.ts";
import { bindingFor, bindingsOf, groupOf, isOver, type Permission, rbac } from "./binding.ts";
import { newCertificateRequest } from "./certificate-request.ts";
import { ownKubeconfig } from "./own-kubeconfig.ts";
import { signedCertificate } from "./signing.ts";

/** Where a kubeconfig is from: the administrator's of a stack. */
export interface Administrator {
  /** The stack's name for people; contexts are called after it. */
  readonly label: string;
  readonly kubeconfig: string;
}

export interface Given {
  /** Holds a private key: for the person alone. */
  readonly kubeconfig: string;
  /** When its certificate ends. */
  readonly until: Date;
}

/** Of lists: their items don't tell their kind. */
const bindings = z.object({
  items: z
    .array(
      z.object({
        metadata: z.object({
          name: z.string(),
          namespace: z.string().optional(),
          annotations: z.record(z.string(), z.string()).default({}),
        }),
      }),
    )
    .nullish(),
});

type Binding = NonNullable<z.output<typeof bindings>["items"]>[number]["metadata"];

const roleList = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

const roles = `/apis/${rbac}/v1/clusterroles`;

function pathOf({ name, namespace }: Binding): string {
  const [scope, kind] =
    namespace === undefined ? ["", "clusterrolebindings"] : [`/namespaces/${namespace}`, "rolebindings"];
  return `/apis/${rbac}/v1${scope}/${kind}/${encodeURIComponent(name)}`;
}

async function bindingsFound(api: ApiClient, user?: string): Promise<readonly Binding[]> {
  const query = bindingsOf(user);
  const kinds = ["clusterrolebindings", "rolebindings"];
  const lists = kinds.map(async (kind) =>
    bindings.parse(await api.request({ method: "GET", path: `/apis/${rbac}/v1/${kind}`, query })),
  );
  return (await Promise.all(lists)).flatMap(({ items }) => items ?? []).map(({ metadata }) => metadata);
}

async function remove(api: ApiClient, found: readonly Binding[]): Promise<void> {
  const gone = found.map((each) =>
    api.request({ method: "DELETE", path: pathOf(each) }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    }),
  );
  await Promise.all(gone);
}

async function isThere(api: ApiClient, path: string): Promise<boolean> {
  return await api.request({ method: "GET", path }).then(
    () => true,
    (error: unknown) => {
      if (!isNotFound(error)) throw error;
      return false;
    },
  );
}

async function assertPermission(api: ApiClient, { role, namespace }: Permission): Promise<void> {
  if (!(await isThere(api, `${roles}/${encodeURIComponent(role)}`))) {
    const { items } = roleList.parse(await api.request({ method: "GET", path: roles }));
    const known = items.map(({ metadata }) => metadata.name).filter((name) => !name.startsWith("system:"));
    throw new UsageError(`--role ${role}: The cluster has no such ClusterRole. Fix: one of ${known.join(", ")}`);
  }
  if (namespace !== undefined && !(await isThere(api, `/api/v1/namespaces/${encodeURIComponent(namespace)}`)))
    throw new UsageError(
      `--namespace ${namespace}: The cluster has no such namespace. Fix: ./grappe status lists ours.`,
    );
}

/**
 * The stack's own kubeconfig, by which all is asked.
 *
 * @throws RunError if it has no cluster yet
 */
export async function administratorOf({ stack, label, commands }: Subject): Promise<Administrator> {
  const { kubeconfig } = (await readStack(stack)).outputs;
  if (kubeconfig === undefined) throw new RunError(`${label}: It has no cluster yet. Fix: ${commands.up}`);
  // A lab's stack has the same name in all labs.
  return { label: label.split(" ").at(-1) ?? label, kubeconfig };
}

/** Asks the API, and says in a sentence why it doesn't answer. */
async function asked<Value>(
  { label, kubeconfig }: Administrator,
  ask: (api: ApiClient) => Promise<Value>,
): Promise<Value> {
  try {
    return await ask(new ApiClient(kubeconfig));
  } catch (error) {
    if (error instanceof RunError) throw error;
    throw new RunError(`${label}: Its API doesn't do it: ${whyUnanswered(error)}. Fix: see ./grappe status`, {
      cause: error,
    });
  }
}

/**
 * Gives a person a kubeconfig of their own for some time: a key made here, a certificate signed by the cluster, and a role for
 * that certificate alone. Bindings of certificates that have ended are taken away on the way.
 *
 * @param seconds how long the certificate lasts, at least 600
 * @throws UsageError if the role or namespace isn't there; RunError if the API doesn't answer or doesn't sign
 */
export async function giveKubeconfig(
  administrator: Administrator,
  permission: Permission,
  seconds: number,
): Promise<Given> {
  return await asked(administrator, async (api) => {
    await assertPermission(api, permission);
    const now = new Date();
    const { user, namespace } = permission;
    await remove(
      api,
      (await bindingsFound(api)).filter(({ annotations }) => isOver(annotations, now)),
    );
    const id = randomBytes(4).toString("hex");
    const group = groupOf(user, id);
    const { privateKey, request } = await newCertificateRequest({ user, group });
    const certificate = await signedCertificate(api, { name: `grappe-${user}-${id}`, request, seconds, user });
    const until = new Date(new X509Certificate(certificate).validTo);
    await api.create(bindingFor(permission, group, until), {});
    const kubeconfig = ownKubeconfig(administrator.kubeconfig, administrator.label, {
      user,
      certificate,
      privateKey,
      namespace,
    });
    return { kubeconfig, until };
  });
}

/**
 * Takes from a person all that `giveKubeconfig` gave: certificates can't be revoked, but then they stand for nothing.
 *
 * @returns how many roles were taken
 * @throws RunError if the API doesn't answer
 */
export async function revokeKubeconfigs(administrator: Administrator, user: string): Promise<number> {
  return await asked(administrator, async (api) => {
    const found = await bindingsFound(api, user);
    await remove(api, found);
    return found.length;
  });
}
