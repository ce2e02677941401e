import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { ApplicationSecret } from "../../settings/schema/application-secret.ts";

export interface SecretsArgs {
  /** Place of each, such as a variable, to where it comes from. */
  readonly wanted: Readonly<Record<string, ApplicationSecret>>;
  /** The encrypted settings that are applications'. */
  readonly settings: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Secrets of an application, by their places. */
export interface ApplicationSecrets {
  /** All of them; secret. */
  readonly values: Readonly<Record<string, pulumi.Output<string>>>;
  /** Those that were generated; secret. */
  readonly generated: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Finds an application's secrets among the encrypted settings, and generates the others; these stay until their revision changes. */
export function applicationSecrets(
  name: string,
  { wanted, settings }: SecretsArgs,
  opts: pulumi.CustomResourceOptions,
): ApplicationSecrets {
  const values: Record<string, pulumi.Output<string>> = {};
  const generated: Record<string, pulumi.Output<string>> = {};
  for (const [place, secret] of Object.entries(wanted)) {
    if (typeof secret === "string") {
      const value = settings[secret];
      assert(value !== undefined, `${name} is to get grappe:${secret}, which is not there`);
      values[place] = value;
      continue;
    }
    const keepers = { revision: String(secret.revision) };
    const shape = { length: 24, special: false, keepers };
    const password = new random.RandomPassword(`${name}-password:${place}`, shape, opts).result;
    values[place] = password;
    generated[place] = password;
  }
  return { values, generated };
}

/**
 * A Secret that is named after its content: pods of an update read the new one, those that still run keep theirs. The name tells nothing
 * of what it holds, as it is made with a key.
 */
export function secretByContent(
  name: string,
  args: { readonly namespace: pulumi.Input<string>; readonly values: ApplicationSecrets["values"] },
  opts: pulumi.CustomResourceOptions,
): kubernetes.core.v1.Secret {
  // Not RandomBytes, whose id is its value, in plain text.
  const key = new random.RandomPassword(`${name}-secrets-key`, { length: 32, special: false }, opts).result;
  const hash = pulumi
    .all([key, pulumi.all({ ...args.values })])
    .apply(([secretKey, values]) => createHmac("sha256", secretKey).update(JSON.stringify(values)).digest("hex"));
  const objectName = pulumi.unsecret(hash.apply((text) => `${name}-secrets-${text.slice(0, 10)}`));
  return new kubernetes.core.v1.Secret(
    `${name}-secrets`,
    { metadata: { namespace: args.namespace, name: objectName }, stringData: { ...args.values }, immutable: true },
    opts,
  );
}
