import * as pulumi from "@pulumi/pulumi";
import { parseSettings } from "./parse.ts";
import { readProjectFile } from "./project-file.ts";
import { unusedApplicationSecrets } from "./rules/application-secrets.ts";
import { unsavedFiles } from "./rules/backup.ts";
import { unusedSecrets } from "./rules/secrets.ts";
import { unenforcedPolicies } from "./rules/versions.ts";
import type { Settings } from "./settings.ts";

/** The SDK's own test whether a value is encrypted; it works at run time but is left out of the SDK's types. */
const runtime: typeof pulumi.runtime & { isConfigSecret?(key: string): boolean } = pulumi.runtime;

/**
 * Reads the settings of the stack that is being deployed. The only reader of Pulumi's configuration and of the environment.
 * Warns of secrets that nothing uses and of files that nothing saves, and says where pods aren't kept apart.
 *
 * @throws SettingsError with all problems at once
 */
export function readSettings(): Settings {
  const values = pulumi.runtime.allConfig();
  const secretKeys = new Set(Object.keys(values).filter((key) => runtime.isConfigSecret?.(key) ?? false));
  const config = { values, secretKeys };
  const parsed = parseSettings({
    ...config,
    stack: pulumi.getStack(),
    environment: process.env,
    readFile: readProjectFile,
  });
  for (const told of [
    ...unusedSecrets(parsed.platform, parsed.secrets),
    ...unusedApplicationSecrets(config, parsed.apps),
    ...unsavedFiles(parsed),
  ])
    void pulumi.log.warn(told);
  const unenforced = unenforcedPolicies(parsed.cluster);
  if (unenforced !== undefined) void pulumi.log.info(unenforced);
  const { sshPrivateKey, ...others } = parsed.secrets;
  const wrapped = (plain: object) => Object.entries(plain).map(([name, value]) => [name, pulumi.secret(value)]);
  const sshAgentSocket = process.env.SSH_AUTH_SOCK;
  return {
    ...parsed,
    sshAgentSocket,
    secrets: { ...Object.fromEntries(wrapped(others)), sshPrivateKey: pulumi.secret(sshPrivateKey) },
    applicationSecrets: Object.fromEntries(wrapped(parsed.applicationSecrets)),
  };
}
