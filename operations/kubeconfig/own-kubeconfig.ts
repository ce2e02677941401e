import assert from "node:assert/strict";
import { KubeConfig } from "@kubernetes/client-node";
import { yaml11 } from "../../components/host/yaml-1-1.ts";

/** A person's way in: certificate and key are PEM. */
export interface Identity {
  readonly user: string;
  readonly certificate: string;
  readonly privateKey: string;
  /** Where kubectl looks when it isn't told. */
  readonly namespace?: string;
}

/** How a person's context of a stack is called (pure). */
export function contextOf(user: string, stack: string): string {
  return `${user}@${stack}`;
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

/** A kubeconfig for a person (pure): the same cluster as the administrator's, and nothing else of it. */
export function ownKubeconfig(administrators: string, stack: string, identity: Identity): string {
  const { user, certificate, privateKey, namespace } = identity;
  const config = new KubeConfig();
  config.loadFromString(administrators);
  const cluster = config.getCurrentCluster();
  assert(cluster !== null, "the stack's kubeconfig names no cluster");
  const context = contextOf(user, stack);
  return yaml11({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: stack,
        cluster: {
          server: cluster.server,
          ...(cluster.caData === undefined ? {} : { "certificate-authority-data": cluster.caData }),
        },
      },
    ],
    users: [
      {
        name: context,
        user: { "client-certificate-data": base64(certificate), "client-key-data": base64(privateKey) },
      },
    ],
    contexts: [
      { name: context, context: { cluster: stack, user: context, ...(namespace === undefined ? {} : { namespace }) } },
    ],
    "current-context": context,
  });
}
