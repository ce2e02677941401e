import type { z } from "zod";
import { apiAddressOf } from "./allocation/api-address.ts";
import { planHosts } from "./allocation/hosts.ts";
import { explainIssue } from "./explain-issue.ts";
import { nearest } from "./nearest.ts";
import { type Problem, SettingsError } from "./problem.ts";
import { productsOf } from "./products/products-of.ts";
import {
  applicationSecretProblems,
  applicationSettings,
  storedApplicationSecrets,
} from "./rules/application-secrets.ts";
import { cloudVariableProblems } from "./rules/cloud-variables.ts";
import { rules } from "./rules/rules.ts";
import { secretProblems, storedSecrets } from "./rules/secrets.ts";
import { type RoomName, type Rooms, requiredRooms, rooms } from "./schema/rooms.ts";
import { type SecretName, secrets } from "./schema/secrets.ts";
import type { SiteSettings } from "./schema/site.ts";
import { settingPath } from "./setting-path.ts";
import type { Settings } from "./settings.ts";
import { publicKeyOf } from "./ssh-key.ts";
import type { StackConfig } from "./stack-config.ts";

type Secrets = Readonly<Partial<Record<SecretName, string>>> & { readonly sshPrivateKey: string };

/** Settings whose secrets aren't wrapped for Pulumi yet. */
export type ParsedSettings = Omit<Settings, "secrets" | "applicationSecrets"> & {
  readonly secrets: Secrets;
  readonly applicationSecrets: Readonly<Record<string, string>>;
};

/**
 * Makes settings of a stack's configuration. Pure, but for the files that `config` reads.
 *
 * @throws SettingsError with all problems at once; nothing else
 */
export function parseSettings(config: StackConfig): ParsedSettings {
  const { parsed, problems: shape } = parseRooms(config);
  const stored = storedSecrets(config);
  const listed = productsOf(config, parsed);
  const problems = [
    ...unknownKeys(config, applicationSettings(parsed.apps)),
    ...shape,
    ...secretProblems(config, parsed, stored),
    ...applicationSecretProblems(config, parsed.apps),
    ...cloudVariableProblems(config, parsed),
    ...Object.values(rules).flatMap((rule) => rule(parsed)),
    ...listed.problems,
  ];
  const { site, cluster, platform, apps, artifacts } = parsed;
  const { sshPrivateKey } = stored;
  if (problems.length > 0 || !site || !cluster || !platform || !apps || !artifacts || sshPrivateKey === undefined) {
    throw new SettingsError(config.stack, problems);
  }
  return {
    stack: config.stack,
    site,
    cluster,
    platform,
    apps,
    artifacts,
    hosts: planHosts(site, cluster).hosts,
    apiAddress: apiAddressOf(site),
    products: listed.products,
    secrets: { ...stored, sshPrivateKey },
    applicationSecrets: storedApplicationSecrets(config, apps),
    sshPublicKey: publicKeyOf(sshPrivateKey),
  };
}

/**
 * Makes the site's settings alone of a stack's configuration, for what is done before the rest is written. Pure. Host keys may be
 * missing.
 *
 * @throws SettingsError with all its problems at once; nothing else
 */
export function parseSite(config: StackConfig): SiteSettings {
  const { data: site, problems: shape } = parseRoom(config, "site", rooms.site);
  const { pinnedHostKeys: _, ...others } = rules;
  const problems = [...shape, ...Object.values(others).flatMap((rule) => rule({ site }))];
  if (problems.length > 0 || site === undefined) throw new SettingsError(config.stack, problems);
  return site;
}

const roomNames: readonly RoomName[] = ["site", "cluster", "platform", "apps", "artifacts"];
const secretNames = Object.keys(secrets.shape);

/**
 * @param given names of the encrypted settings that applications are given; another encrypted one may be set before it is used, unless
 * it looks misspelt
 */
function unknownKeys({ values, secretKeys }: StackConfig, given: readonly string[]): readonly Problem[] {
  const own = [...roomNames, ...secretNames];
  const known = [...own, ...given];
  const nameOf = (key: string) => key.slice("grappe:".length);
  return Object.keys(values)
    .filter((key) => key.startsWith("grappe:") && !known.includes(nameOf(key)))
    .filter((key) => !secretKeys.has(key) || nearest(nameOf(key), own) !== undefined)
    .map((key) => {
      const meant = nearest(nameOf(key), known);
      const fix = meant === undefined ? `Remove it: \`pulumi config rm ${key}\`.` : `Did you mean \`grappe:${meant}\`?`;
      return { path: key, reason: "is an unknown setting; nothing reads it.", fix };
    });
}

function parseRooms(config: StackConfig): { parsed: Partial<Rooms>; problems: readonly Problem[] } {
  const site = parseRoom(config, "site", rooms.site);
  const cluster = parseRoom(config, "cluster", rooms.cluster);
  const platform = parseRoom(config, "platform", rooms.platform);
  const apps = parseRoom(config, "apps", rooms.apps);
  const artifacts = parseRoom(config, "artifacts", rooms.artifacts);
  return {
    parsed: {
      site: site.data,
      cluster: cluster.data,
      platform: platform.data,
      apps: apps.data,
      artifacts: artifacts.data,
    },
    problems: [site, cluster, platform, apps, artifacts].flatMap((room) => room.problems),
  };
}

/** Unknown keys are reported and taken out, so that the rules still see the rest. */
function parseRoom<Data>(
  { stack, values, secretKeys }: StackConfig,
  room: RoomName,
  schema: z.ZodType<Data>,
): { readonly data?: Data; readonly problems: readonly Problem[] } {
  const path = settingPath(room);
  const text = values[path];
  if (text === undefined && requiredRooms.includes(room)) {
    return { problems: [{ path, reason: "is missing.", fix: `Add it to Pulumi.${stack}.yaml.` }] };
  }
  // A room that holds a secret isn't read at all: no message may quote it.
  if (secretKeys.has(path)) return { problems: [secretInside(path)] };
  const value = readJson(text ?? "{}");
  const first = schema.safeParse(value);
  if (first.success) return { data: first.data, problems: [] };
  const { issues } = first.error;
  const problems = issues.flatMap((issue) => explainIssue({ room, value }, issue));
  for (const issue of issues) if (issue.code === "unrecognized_keys") removeKeys(value, issue.path, issue.keys);
  return { data: schema.safeParse(value).data, problems };
}

function secretInside(path: string): Problem {
  return {
    path,
    reason: "holds an encrypted value inside; secrets are top-level settings of their own.",
    fix: `Remove the \`secure:\` value from it and set the secret by its own name: ${secretNames
      .map((name) => `grappe:${name}`)
      .join(", ")}.`,
  };
}

/** Objects arrive as JSON text; what isn't JSON is the text itself, which the schema then refuses. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function removeKeys(value: unknown, path: readonly PropertyKey[], keys: readonly string[]): void {
  let at = value;
  for (const step of path) at = isRecord(at) ? at[step] : undefined;
  if (isRecord(at)) for (const key of keys) delete at[key];
}

const isRecord = (value: unknown): value is Record<PropertyKey, unknown> => typeof value === "object" && value !== null;
