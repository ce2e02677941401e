import assert from "node:assert/strict";
import { parse } from "yaml";
import { z } from "zod";
import { yaml11 } from "../host/yaml-1-1.ts";

const kubeconfigSchema = z.looseObject({
  clusters: z.array(z.looseObject({ cluster: z.looseObject({ server: z.string() }) })).min(1),
});

/** What a server prints for one. */
export const kubeconfigText = z
  .string()
  .refine(
    (text) => readable(text),
    "it is no kubeconfig; the server's own lies at the path that the step prints it from",
  );

function readable(text: string): boolean {
  try {
    return kubeconfigSchema.safeParse(parse(text)).success;
  } catch {
    return false;
  }
}

/**
 * Makes (pure) a server's own kubeconfig one for use from elsewhere: every cluster in it is reached at `address`.
 *
 * @throws if the text is no kubeconfig; the error doesn't show it, as it holds a key
 */
export function pointKubeconfigAt(text: string, address: string): string {
  const parsed = kubeconfigSchema.safeParse(parse(text));
  assert(parsed.success, "what the server printed is no kubeconfig; see the step `kubeconfig`");
  const clusters = parsed.data.clusters.map((entry) => ({
    ...entry,
    cluster: { ...entry.cluster, server: `https://${address}:6443` },
  }));
  return yaml11({ ...parsed.data, clusters });
}
