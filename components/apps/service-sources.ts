import { createHash } from "node:crypto";
import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type ServiceName, serviceSources } from "./service-image.ts";

export interface SourcesArgs {
  readonly service: ServiceName;
  readonly namespace: pulumi.Input<string>;
}

/**
 * A program's sources as a ConfigMap that is named after their content: pods of an update read the new files, those that still
 * run keep the old ones.
 */
export function sourcesConfigMap(
  resourceName: string,
  { service, namespace }: SourcesArgs,
  opts: pulumi.CustomResourceOptions,
): kubernetes.core.v1.ConfigMap {
  const data = serviceSources(service);
  const hash = createHash("sha256").update(JSON.stringify(data)).digest("hex").slice(0, 10);
  const metadata = { name: `${service}-sources-${hash}`, namespace };
  return new kubernetes.core.v1.ConfigMap(resourceName, { metadata, data, immutable: true }, opts);
}
