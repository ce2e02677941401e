import * as pulumi from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import type { RegistryPasswords } from "../host/registries.ts";
import type { DistributionArgs } from "./distribution.ts";

const passwordsSchema = z.record(z.string(), z.string());

/**
 * Passwords by registry (pure), from the secret setting's JSON.
 *
 * @throws if it is no JSON object of texts; the error doesn't show it
 */
export function parseRegistryPasswords(text: string | undefined): RegistryPasswords {
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = passwordsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RunError(
    "grappe:registryPasswords is no JSON object of registry names to passwords. " +
      `Fix: pulumi config set --secret grappe:registryPasswords '{"registry.example.org": "…"}'`,
  );
}

/** What a renderer makes of the registries and their passwords. */
export function renderRegistries(
  args: DistributionArgs,
  render: (registries: DistributionArgs["registries"], passwords: RegistryPasswords) => string,
): pulumi.Output<string> {
  return pulumi.output(args.registryPasswords).apply((text) => render(args.registries, parseRegistryPasswords(text)));
}
