import { readFile } from "node:fs/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import type { Credentials } from "./credentials.ts";

const requestTimeoutMilliseconds = 30_000;
/** More pages than any stack's objects fill: a cloud whose last page links to itself is an error, not a loop. */
const mostPages = 1000;

const tokenAnswer = z.object({
  token: z.object({
    project: z.object({ id: z.string() }).optional(),
    catalog: z
      .array(
        z.object({
          type: z.string(),
          endpoints: z.array(
            z.object({
              interface: z.string(),
              url: z.string(),
              region: z.string().nullish(),
              region_id: z.string().nullish(),
            }),
          ),
        }),
      )
      .default([]),
  }),
});

type Catalogue = z.output<typeof tokenAnswer>["token"]["catalog"];

const fieldsOf = z.record(z.string(), z.unknown());
const links = z.array(z.object({ rel: z.string(), href: z.string() })).default([]);

/** The services that are asked. */
export type CloudService = "network" | "compute" | "image";

/** Where a service's own paths start, behind the address that the catalogue gives; compute's has it already. */
const versions: Readonly<Record<CloudService, string>> = { network: "/v2.0", compute: "", image: "/v2" };

/** The address of a list's next page: Glance says it itself, the others among their links. */
function nextPage(fields: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const own = z.string().safeParse(fields.next);
  return own.data ?? links.parse(fields[`${key}_links`]).find(({ rel }) => rel === "next")?.href;
}

/** The cloud refused a request, or wasn't reached. */
export class CloudApiError extends RunError {
  override readonly name = "CloudApiError";
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** Up to the first piece that the versions' own paths start with. */
function withVersion(service: CloudService, url: string): string {
  const bare = url.replace(/\/+$/, "");
  const version = versions[service];
  return bare.endsWith(version) ? bare : `${bare}${version}`;
}

/** A service's address (pure). @throws CloudApiError if the catalogue has none */
export function endpointOf(catalogue: Catalogue, service: CloudService, credentials: Credentials): string {
  const { region, endpoints, setting } = credentials;
  const offered = catalogue.filter(({ type }) => type === service).flatMap((each) => each.endpoints);
  const found = offered.find(
    (each) => each.interface === endpoints && (region === undefined || (each.region_id ?? each.region) === region),
  );
  if (found !== undefined) return withVersion(service, found.url);
  const regions = [...new Set(offered.map((each) => each.region_id ?? each.region ?? ""))].join(", ") || "none";
  throw new CloudApiError(
    `${setting}: the cloud offers no ${endpoints} address of its ${service} service in the region ${region ?? "(any)"}; ` +
      `regions that have the service: ${regions}. Correct grappe:site.region.`,
  );
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const inner = cause instanceof Error ? cause.message || String(cause) : undefined;
  return inner ?? (error instanceof Error ? error.message : String(error));
}

async function send(setting: string, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(requestTimeoutMilliseconds) });
  } catch (error) {
    throw new CloudApiError(
      `${setting}: the cloud can't be asked: ${new URL(url).origin}: ${reasonOf(error)}. ` +
        "Check the address in clouds.yaml or the settings, and that this computer reaches it.",
    );
  }
}

/** The cloud's own certificate authorities count besides the usual ones, in this process. */
async function trust(authorities: string): Promise<void> {
  setDefaultCACertificates([...getCACertificates("default"), await readFile(authorities, "utf8")]);
}

/** An OpenStack project, read over its real API. Nothing here changes anything. */
export class CloudApi {
  /** The project that everything is asked of. */
  readonly projectId: string | undefined;
  readonly #credentials: Credentials;
  readonly #catalogue: Catalogue;
  readonly #token: string;

  private constructor(
    credentials: Credentials,
    token: string,
    { project, catalog }: z.output<typeof tokenAnswer>["token"],
  ) {
    this.#credentials = credentials;
    this.#token = token;
    this.#catalogue = catalog;
    this.projectId = project?.id;
  }

  /** Logs in to Keystone. @throws CloudApiError naming the setting, the reason and the fix */
  static async connect(credentials: Credentials): Promise<CloudApi> {
    const { setting, authUrl, auth, authorities } = credentials;
    if (authorities !== undefined) await trust(authorities);
    const keystone = authUrl.replace(/\/+$/, "").replace(/\/v3$/, "");
    const response = await send(setting, `${keystone}/v3/auth/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ auth }),
    });
    if (response.status === 401)
      throw new CloudApiError(
        `${setting}: Keystone at ${keystone} refuses these credentials (401): they are wrong, or have expired. Renew them.`,
        401,
      );
    const token = response.headers.get("x-subject-token");
    if (!response.ok || token === null)
      throw new CloudApiError(
        `${setting}: Keystone at ${keystone} answered ${response.status}. Run this again later, or ask who runs the cloud.`,
        response.status,
      );
    return new CloudApi(credentials, token, tokenAnswer.parse(await response.json()).token);
  }

  async #get(url: string): Promise<unknown> {
    const response = await send(this.#credentials.setting, url, {
      headers: { "x-auth-token": this.#token, accept: "application/json" },
    });
    if (response.status === 404) return undefined;
    if (response.ok) return await response.json();
    const answer = (await response.text()).slice(0, 500);
    throw new CloudApiError(
      `${new URL(url).pathname}: the cloud answered ${response.status}: ${answer}`,
      response.status,
    );
  }

  /** One object, under its key in the answer. `undefined`: there is none. */
  async object<Schema extends z.ZodType>(
    service: CloudService,
    path: string,
    key: string,
    schema: Schema,
  ): Promise<z.output<Schema> | undefined> {
    const answer = await this.#get(`${endpointOf(this.#catalogue, service, this.#credentials)}${path}`);
    return answer === undefined ? undefined : schema.parse(fieldsOf.parse(answer)[key]);
  }

  /** All objects of a list, page after page. Of a list that isn't there: none. */
  async list<Schema extends z.ZodType>(
    service: CloudService,
    path: string,
    key: string,
    schema: Schema,
    query: Readonly<Record<string, string>> = {},
  ): Promise<z.output<Schema>[]> {
    const address = `${endpointOf(this.#catalogue, service, this.#credentials)}${path}`;
    const objects: z.output<Schema>[] = [];
    let search: string | undefined = `?${new URLSearchParams(query)}`;
    for (let pages = 0; search !== undefined; pages += 1) {
      if (pages === mostPages) throw new CloudApiError(`${path}: the cloud's list doesn't end.`);
      const answer = await this.#get(`${address}${search}`);
      if (answer === undefined) return objects;
      const fields = fieldsOf.parse(answer);
      objects.push(...z.array(schema).parse(fields[key]));
      const next = nextPage(fields, key);
      // Of the next page's address only the query counts: behind a proxy, the rest is often one that nobody reaches.
      search = next === undefined ? undefined : new URL(next, address).search;
    }
    return objects;
  }
}
