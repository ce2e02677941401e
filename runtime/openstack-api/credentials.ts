import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { parseYaml } from "../../components/settings/yaml.ts";

/** How the cloud is reached, and as whom. */
export interface Credentials {
  /** The setting that they come from, for errors. */
  readonly setting: string;
  /** Keystone's address, with or without `/v3`. */
  readonly authUrl: string;
  /** The body's `auth` of Keystone's request for a token. */
  readonly auth: Readonly<Record<string, unknown>>;
  readonly region: string | undefined;
  /** Which of the catalogue's addresses are taken. */
  readonly endpoints: "public" | "internal" | "admin";
  /** File of certificate authorities that the cloud's are signed by; default: the computer's own. */
  readonly authorities: string | undefined;
}

/** What of a stack's `grappe:site` says how its cloud is reached. */
export const cloudAccess = z.object({
  kind: z.literal("openstack"),
  cloud: z.string().optional(),
  applicationCredential: z.object({ authUrl: z.string(), id: z.string() }).optional(),
  region: z.string().optional(),
});

export type CloudAccess = z.output<typeof cloudAccess>;

const text = z.coerce.string().optional();

const cloudEntry = z.object({
  auth_type: text,
  region_name: text,
  interface: text,
  endpoint_type: text,
  cacert: text,
  auth: z.object({
    auth_url: z.string(),
    username: text,
    user_id: text,
    password: text,
    token: text,
    user_domain_name: text,
    user_domain_id: text,
    domain_name: text,
    domain_id: text,
    default_domain: text,
    project_name: text,
    project_id: text,
    tenant_name: text,
    tenant_id: text,
    project_domain_name: text,
    project_domain_id: text,
    application_credential_id: text,
    application_credential_name: text,
    application_credential_secret: text,
  }),
});

type CloudEntry = z.output<typeof cloudEntry>;
type Auth = CloudEntry["auth"];

/** By id where there is one, else by name; `undefined` where neither is given. */
function identified(id: string | undefined, name: string | undefined): Readonly<Record<string, string>> | undefined {
  if (id !== undefined) return { id };
  return name === undefined ? undefined : { name };
}

function userOf(auth: Auth): Readonly<Record<string, unknown>> {
  const domain = identified(
    auth.user_domain_id ?? auth.domain_id,
    auth.user_domain_name ?? auth.domain_name ?? auth.default_domain ?? "Default",
  );
  return auth.user_id === undefined ? { name: auth.username, domain } : { id: auth.user_id };
}

function identityOf(auth: Auth): Readonly<Record<string, unknown>> {
  const { application_credential_id: id, application_credential_secret: secret } = auth;
  if (secret !== undefined) {
    const who = id === undefined ? { name: auth.application_credential_name, user: userOf(auth) } : { id };
    return { methods: ["application_credential"], application_credential: { ...who, secret } };
  }
  if (auth.token !== undefined) return { methods: ["token"], token: { id: auth.token } };
  return { methods: ["password"], password: { user: { ...userOf(auth), password: auth.password } } };
}

/** A project; an application credential has its own. */
function scopeOf(auth: Auth): Readonly<Record<string, unknown>> {
  if (auth.application_credential_secret !== undefined) return {};
  const project = identified(auth.project_id ?? auth.tenant_id, auth.project_name ?? auth.tenant_name);
  if (project === undefined || "id" in project) return project === undefined ? {} : { scope: { project } };
  const domain = identified(
    auth.project_domain_id ?? auth.domain_id,
    auth.project_domain_name ?? auth.domain_name ?? auth.default_domain ?? "Default",
  );
  return { scope: { project: { ...project, domain } } };
}

function endpointsOf(entry: CloudEntry): Credentials["endpoints"] {
  const wanted = entry.interface ?? entry.endpoint_type ?? "public";
  return (["internal", "admin"] as const).find((one) => wanted.startsWith(one)) ?? "public";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function merged(one: unknown, other: unknown): unknown {
  if (!isRecord(one) || !isRecord(other)) return other ?? one;
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(keys.map((key) => [key, merged(one[key], other[key])]));
}

/**
 * The credentials of an entry (pure).
 *
 * @param cloudsYaml the file's text
 * @param secureYaml the text of `secure.yaml` beside it, where there is one
 * @throws RunError if the file has no such entry, or that isn't whole
 */
export function credentialsOfEntry(cloud: string, cloudsYaml: string, secureYaml = ""): Credentials {
  const file = merged(parseYaml(cloudsYaml, "clouds.yaml"), parseYaml(secureYaml, "secure.yaml"));
  const clouds = isRecord(file) && isRecord(file.clouds) ? file.clouds : {};
  const names = Object.keys(clouds).join(", ") || "none";
  if (clouds[cloud] === undefined)
    throw new RunError(
      `grappe:site.cloud: clouds.yaml has no entry "${cloud}" (it has: ${names}). Add it, or name another.`,
    );
  const parsed = cloudEntry.safeParse(clouds[cloud]);
  if (!parsed.success) {
    const where = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
    throw new RunError(
      `grappe:site.cloud: the entry "${cloud}" of clouds.yaml isn't whole: ${where}. Download it from your cloud anew, or complete it.`,
    );
  }
  const entry = parsed.data;
  return {
    setting: "grappe:site.cloud",
    authUrl: entry.auth.auth_url,
    auth: { identity: identityOf(entry.auth), ...scopeOf(entry.auth) },
    region: entry.region_name,
    endpoints: endpointsOf(entry),
    authorities: entry.cacert,
  };
}

/** Where the official provider looks for a clouds.yaml, in its order. */
function cloudsFolders(environment: NodeJS.ProcessEnv): string[] {
  return [environment.PWD ?? process.cwd(), join(homedir(), ".config", "openstack"), "/etc/openstack"];
}

async function textOf(file: string): Promise<string | undefined> {
  return await readFile(file, "utf8").catch(() => undefined);
}

async function readEntry(cloud: string, environment: NodeJS.ProcessEnv): Promise<Credentials> {
  const given = environment.OS_CLIENT_CONFIG_FILE;
  const folders = cloudsFolders(environment);
  const files = given === undefined ? folders.map((folder) => join(folder, "clouds.yaml")) : [given];
  for (const file of files) {
    const cloudsYaml = await textOf(file);
    if (cloudsYaml === undefined) continue;
    const secure = await Promise.all(folders.map((folder) => textOf(join(folder, "secure.yaml"))));
    return credentialsOfEntry(cloud, cloudsYaml, secure.find((each) => each !== undefined) ?? "");
  }
  throw new RunError(
    `grappe:site.cloud: there is no clouds.yaml for "${cloud}" (looked for ${files.join(", ")}). ` +
      "Put one there, or name it in OS_CLIENT_CONFIG_FILE.",
  );
}

/** The names of the entries of the clouds.yaml that counts; none where there is no such file, or nothing in it. */
export async function cloudNames(environment: NodeJS.ProcessEnv = process.env): Promise<readonly string[]> {
  const given = environment.OS_CLIENT_CONFIG_FILE;
  const files = given === undefined ? cloudsFolders(environment).map((folder) => join(folder, "clouds.yaml")) : [given];
  for (const file of files) {
    const text = await textOf(file);
    if (text === undefined) continue;
    const content = parseYaml(text, file);
    return isRecord(content) && isRecord(content.clouds) ? Object.keys(content.clouds) : [];
  }
  return [];
}

/**
 * The credentials that a stack's settings name, as the program's own provider gets them.
 *
 * @param secret the setting grappe:applicationCredentialSecret
 * @throws RunError that names the setting, the reason and the fix
 */
export async function credentialsOf(
  access: CloudAccess,
  secret: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Credentials> {
  const { cloud, applicationCredential, region } = access;
  if (applicationCredential === undefined) {
    if (cloud === undefined)
      throw new RunError(
        "grappe:site: no credentials. Give `cloud` (an entry of clouds.yaml) or `applicationCredential`.",
      );
    const credentials = await readEntry(cloud, environment);
    return { ...credentials, region: region ?? credentials.region };
  }
  if (secret === undefined)
    throw new RunError(
      "grappe:applicationCredentialSecret: missing, but `applicationCredential` is used. " +
        "Set it with: pulumi config set --secret grappe:applicationCredentialSecret",
    );
  const { authUrl, id } = applicationCredential;
  const identity = { methods: ["application_credential"], application_credential: { id, secret } };
  const setting = "grappe:site.applicationCredential";
  return { setting, authUrl, auth: { identity }, region, endpoints: "public", authorities: undefined };
}
