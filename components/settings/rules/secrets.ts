import { z } from "zod";
import type { Problem } from "../problem.ts";
import type { Rooms } from "../schema/rooms.ts";
import { type SecretName, secrets } from "../schema/secrets.ts";
import { settingPath } from "../setting-path.ts";
import { privateKeyFault } from "../ssh-key.ts";
import type { StackConfig } from "../stack-config.ts";
import { dnsCredentialsFault, usesDnsChallenge } from "./dns-credentials.ts";

type Stored = Readonly<Partial<Record<SecretName, string>>>;

/** The encrypted settings' values. */
export function storedSecrets({ values }: Pick<StackConfig, "values">): Stored {
  return secrets.partial().parse(
    Object.fromEntries(
      Object.keys(secrets.shape).flatMap((name) => {
        const value = values[settingPath(name)];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  );
}

/** Secrets that are missing, stand in plain text, or can't be what they should be. No reason quotes a value. */
export function secretProblems(config: StackConfig, rooms: Partial<Rooms>, stored: Stored): readonly Problem[] {
  return [...missing(config.stack, rooms, stored), ...plain(config, stored), ...malformed(config.stack, rooms, stored)];
}

function missing(stack: string, rooms: Partial<Rooms>, stored: Stored): readonly Problem[] {
  return needed(rooms)
    .filter(({ name }) => stored[name] === undefined)
    .map(({ name, because }) => ({ path: settingPath(name), reason: because, fix: setIt(stack, name) }));
}

/** The secrets that these settings call for, and why. */
function needed({ site, cluster, platform, artifacts }: Partial<Rooms>) {
  const found: { name: SecretName; because: string }[] = [
    { name: "sshPrivateKey", because: "is missing; every host is reached by SSH with it." },
  ];
  if (site?.kind === "openstack" && site.applicationCredential !== undefined) {
    found.push({
      name: "applicationCredentialSecret",
      because: "is missing; `grappe:site.applicationCredential` is used with it.",
    });
  }
  if (site?.proxy?.user !== undefined) {
    found.push({ name: "proxyPassword", because: "is missing; `grappe:site.proxy` has a user." });
  }
  if (cluster?.etcdSnapshots.s3 !== undefined) {
    found.push({ name: "etcdS3SecretKey", because: "is missing; `grappe:cluster.etcdSnapshots.s3` is used with it." });
  }
  if (platform?.backup !== undefined) {
    found.push({ name: "backupSecretKey", because: "is missing; `grappe:platform.backup` is used with it." });
  }
  if (usesDnsChallenge(platform)) {
    found.push({
      name: "dnsCredentials",
      because: "is missing; `grappe:platform.certificates.dnsChallenge` is used with it.",
    });
  }
  if (Object.values(artifacts?.registries ?? {}).some((registry) => registry.username !== undefined)) {
    found.push({
      name: "registryPasswords",
      because: "is missing; a registry in `grappe:artifacts.registries` has a username.",
    });
  }
  return found;
}

/** Secrets (pure) that are there and that nothing reads, as who runs the program is told. */
export function unusedSecrets(
  platform: Rooms["platform"],
  stored: Partial<Record<SecretName, unknown>>,
): readonly string[] {
  if (stored.dnsCredentials === undefined || usesDnsChallenge(platform)) return [];
  return [
    "grappe:dnsCredentials is set, but `grappe:platform.certificates` has no `dnsChallenge` that would use it. " +
      "Fix: write one, or forget them: pulumi config rm grappe:dnsCredentials",
  ];
}

/** The command that sets a secret. Its value comes from stdin or a prompt, never from an argument. */
function setIt(stack: string, name: SecretName): string {
  const command = `pulumi config set --stack ${stack} --secret ${settingPath(name)}`;
  return name === "sshPrivateKey"
    ? `Run \`${command} < ~/.ssh/id_ed25519\`.`
    : `Run \`${command}\`, which asks for the value.`;
}

function plain({ stack, secretKeys }: StackConfig, stored: Stored): readonly Problem[] {
  return secretNamesOf(stored)
    .filter((name) => !secretKeys.has(settingPath(name)))
    .map((name) => ({
      path: settingPath(name),
      reason: "stands in plain text, where everybody who sees the stack file reads it.",
      fix: `Replace the secret by a new one where it is known to others. ${setIt(stack, name)}`,
    }));
}

function secretNamesOf(stored: Stored): readonly SecretName[] {
  return secrets.keyof().options.filter((name) => stored[name] !== undefined);
}

/** Secrets that are one word to what reads them: curl and k3s, apt, Keystone. */
const words = ["applicationCredentialSecret", "backupSecretKey", "etcdS3SecretKey", "proxyPassword"] as const;

function malformed(stack: string, { artifacts }: Partial<Rooms>, stored: Stored): readonly Problem[] {
  const problems: Problem[] = [];
  const fault = stored.sshPrivateKey === undefined ? undefined : privateKeyFault(stored.sshPrivateKey);
  if (fault !== undefined) {
    problems.push({
      path: settingPath("sshPrivateKey"),
      reason: fault,
      fix: `Make one with \`ssh-keygen -t ed25519 -N "" -f ~/.ssh/id_ed25519\`. ${setIt(stack, "sshPrivateKey")}`,
    });
  }
  const dns = stored.dnsCredentials === undefined ? undefined : dnsCredentialsFault(stored.dnsCredentials);
  if (dns !== undefined) {
    problems.push({
      path: settingPath("dnsCredentials"),
      reason: dns.reason,
      fix: `${dns.fix} ${setIt(stack, "dnsCredentials")}`,
    });
  }
  for (const name of words) {
    const value = stored[name];
    if (value === undefined || /^[!-~]+$/.test(value)) continue;
    problems.push({
      path: settingPath(name),
      reason:
        "is empty, or holds a blank, a line's end or something that is no ASCII, which what reads it can't be told.",
      fix: `Write one of letters, digits and signs. ${setIt(stack, name)}`,
    });
  }
  if (stored.registryPasswords !== undefined) {
    const passwords = passwordsOf(stored.registryPasswords);
    const lacking = Object.entries(artifacts?.registries ?? {})
      .filter(([name, registry]) => registry.username !== undefined && passwords?.[name] === undefined)
      .map(([name]) => name);
    if (passwords === undefined || lacking.length > 0) {
      problems.push({
        path: settingPath("registryPasswords"),
        reason:
          passwords === undefined ? "is not a JSON object of texts." : `has no password for ${lacking.join(", ")}.`,
        fix: `Write {"registry": "password", …} with every registry that has a username. ${setIt(stack, "registryPasswords")}`,
      });
    }
  }
  return problems;
}

/** Registry name to password; undefined if the text isn't that. */
function passwordsOf(text: string): Readonly<Record<string, string>> | undefined {
  try {
    return z.record(z.string(), z.string()).safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
