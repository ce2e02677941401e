import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { newSshKeyPair } from "../../../components/host/ssh-key-pair.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { type Problem, SettingsError } from "../../../components/settings/problem.ts";
import type { StackConfig } from "../../../components/settings/stack-config.ts";

/** A key that logs in to nothing, made anew for every run. */
export const testPrivateKey = newSshKeyPair().privateKey;

export type Config = Record<string, unknown>;

/** Values by dotted path (`site.hosts.2.hostKey`); `undefined` removes one. */
export type Changes = Readonly<Record<string, unknown>>;

const stackFile = z.object({ config: z.record(z.string(), z.unknown()) });

/** The `config` of a stack file of this repository, fresh. */
export function stackFileConfig(stack: string): Config {
  return stackFile.parse(parse(readFileSync(new URL(`../../../Pulumi.${stack}.yaml`, import.meta.url), "utf8"))).config;
}

/** Whatever encrypted settings the cases call for. */
export const everySecret = {
  "grappe:applicationCredentialSecret": "a",
  "grappe:etcdS3SecretKey": "b",
  "grappe:backupSecretKey": "c",
  "grappe:proxyPassword": "d",
  "grappe:dnsCredentials": JSON.stringify({ CF_DNS_API_TOKEN: "e" }),
  "grappe:registryPasswords": JSON.stringify({ "docker.io": "f" }),
};

/** A configuration as Pulumi hands it over, with an SSH key unless told otherwise. */
export function stackConfig(config: Config, secrets: Readonly<Record<string, string>> = {}): StackConfig {
  const given = { "grappe:sshPrivateKey": testPrivateKey, ...secrets };
  const settings = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return {
    stack: "test",
    values: { ...Object.fromEntries(settings), ...given },
    secretKeys: new Set(Object.keys(given)),
  };
}

/** The configuration with settings changed. */
export function change(config: Config, changes: Changes): Config {
  const changed = structuredClone(config);
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    if (steps.length === 0) {
      put(changed, `grappe:${last}`, value);
      continue;
    }
    const [room = "", ...inner] = steps;
    changed[`grappe:${room}`] ??= {};
    let at: unknown = changed[`grappe:${room}`];
    for (const step of inner) {
      if (!isRecord(at)) throw new Error(`no ${path} in the configuration`);
      at[step] ??= {};
      at = at[step];
    }
    if (!isRecord(at)) throw new Error(`no ${path} in the configuration`);
    put(at, last, value);
  }
  return changed;
}

function put(at: Record<string, unknown>, key: string, value: unknown): void {
  if (value !== undefined) at[key] = value;
  else if (Array.isArray(at)) at.splice(Number(key), 1);
  else delete at[key];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** The problems of a configuration; none if it is valid. */
export function problemsOf(config: StackConfig): readonly Problem[] {
  try {
    parseSettings(config);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}
