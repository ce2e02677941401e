import type { PlainMap } from "../../runtime/provider-protocol/property-value.ts";

/** What a person may: a role of the cluster's, in one namespace or in all. */
export interface Permission {
  readonly user: string;
  /** Name of a ClusterRole. */
  readonly role: string;
  /** Default: all of them, and what has none. */
  readonly namespace?: string;
}

export const rbac = "rbac.authorization.k8s.io";
export const userLabel = "grappe.dev/user";
const untilAnnotation = "grappe.dev/until";

/** Finds the bindings that `./grappe kubeconfig` made: of one user, or of all. */
export function bindingsOf(user?: string): { readonly labelSelector: string } {
  return {
    labelSelector: `app.kubernetes.io/managed-by=grappe,${user === undefined ? userLabel : `${userLabel}=${user}`}`,
  };
}

/**
 * The group that one certificate alone is of (pure), by which its binding knows it: to remove the binding makes that certificate
 * worthless, and another one for the same person doesn't bring it back.
 */
export function groupOf(user: string, id: string): string {
  return `grappe:${user}:${id}`;
}

/** Gives a certificate's group a role (pure). */
export function bindingFor({ user, role, namespace }: Permission, group: string, until: Date): PlainMap {
  return {
    apiVersion: `${rbac}/v1`,
    kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
    metadata: {
      name: group,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { "app.kubernetes.io/managed-by": "grappe", [userLabel]: user },
      annotations: { [untilAnnotation]: until.toISOString() },
    },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
    subjects: [{ apiGroup: rbac, kind: "Group", name: group }],
  };
}

/** Whether the certificate of a binding has ended (pure). */
export function isOver(annotations: Readonly<Record<string, string>>, now: Date): boolean {
  const until = new Date(annotations[untilAnnotation] ?? "");
  return until < now;
}
