import { readFile } from "node:fs/promises";
import { z } from "zod";
import { adminCloudsFile, cloudsFile } from "../../lab/cloud/cloud-folder.ts";
import { type Credentials, credentialsOfEntry } from "../../runtime/openstack-api/credentials.ts";

const token = z.object({
  token: z.object({
    project: z.object({ id: z.string() }),
    user: z.object({ id: z.string() }),
    catalog: z.array(
      z.object({
        type: z.string(),
        endpoints: z.array(z.object({ interface: z.string(), url: z.string() })),
      }),
    ),
  }),
});

type Service = "network" | "compute" | "identity";

const object = z.looseObject({
  id: z.coerce.string().optional(),
  name: z.string().optional(),
  project_id: z.string().optional(),
  security_group_id: z.string().optional(),
});
export type CloudObject = z.output<typeof object>;

/** Every kind of object that a stack makes in a project: where it is listed, and under which key. */
const kinds: Readonly<Record<string, readonly [service: Service, path: string, key: string]>> = {
  network: ["network", "/v2.0/networks", "networks"],
  subnet: ["network", "/v2.0/subnets", "subnets"],
  router: ["network", "/v2.0/routers", "routers"],
  port: ["network", "/v2.0/ports", "ports"],
  "security group": ["network", "/v2.0/security-groups", "security_groups"],
  "security rule": ["network", "/v2.0/security-group-rules", "security_group_rules"],
  "floating IP": ["network", "/v2.0/floatingips", "floatingips"],
  server: ["compute", "/servers/detail", "servers"],
  "server group": ["compute", "/os-server-groups", "server_groups"],
};

export type Kind = keyof typeof kinds;

/** OpenStack's own API, past the program: tests ask it what is there, and change things behind the program's back. */
export class OpenstackApi {
  /** Ids of the project and of the user who asks. */
  readonly project: string;
  readonly user: string;
  readonly #token: string;
  readonly #endpoints: ReadonlyMap<string, string>;

  private constructor(
    { project, user }: Readonly<Record<"project" | "user", { readonly id: string }>>,
    id: string,
    endpoints: ReadonlyMap<string, string>,
  ) {
    this.project = project.id;
    this.user = user.id;
    this.#token = id;
    this.#endpoints = endpoints;
  }

  static async #login({ authUrl, auth }: Credentials): Promise<OpenstackApi> {
    const response = await fetch(`${authUrl}/auth/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ auth }),
    });
    const granted = token.parse(await response.json()).token;
    const endpoints = granted.catalog.flatMap(({ type, endpoints }) => {
      const open = endpoints.find((each) => each.interface === "public");
      return open === undefined ? [] : [[type, open.url.replace(/\/$/, "")] as const];
    });
    return new OpenstackApi(granted, response.headers.get("x-subject-token") ?? "", new Map(endpoints));
  }

  /** As the stack's own user. */
  static async asUser(): Promise<OpenstackApi> {
    return await OpenstackApi.#login(credentialsOfEntry("grappe", await readFile(cloudsFile, "utf8")));
  }

  /** As the cloud's administrator. */
  static async asAdministrator(): Promise<OpenstackApi> {
    const file = await readFile(adminCloudsFile, "utf8");
    return await OpenstackApi.#login(credentialsOfEntry("grappe-admin", file));
  }

  async request(method: string, service: Service, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#endpoints.get(service)}${path}`, {
      method,
      headers: { "x-auth-token": this.#token, "content-type": "application/json", accept: "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  async list(kind: Kind): Promise<CloudObject[]> {
    const [service, path, key] = kinds[kind] ?? ["network", "", ""];
    const answer = z.record(z.string(), z.unknown()).parse(await this.request("GET", service, path));
    const found = z.array(object).parse(answer[key]);
    return found.filter((one) => one.project_id === undefined || one.project_id === this.project);
  }

  /** All objects of the project as lines `kind name-or-id`, without those that every project has. */
  async everything(): Promise<string[]> {
    const names = await Promise.all(
      Object.keys(kinds).map(async (kind) => (await this.list(kind)).map((one) => ({ kind, ...one }))),
    );
    const keys = z
      .object({ keypairs: z.array(z.object({ keypair: z.object({ name: z.string() }) })) })
      .parse(await this.request("GET", "compute", "/os-keypairs"));
    const ownGroup = names.flat().find(({ kind, name }) => kind === "security group" && name === "default")?.id;
    return [
      ...names
        .flat()
        .filter((one) => one.id !== ownGroup && one.security_group_id !== ownGroup)
        .map(({ kind, name, id }) => `${kind} ${name === undefined || name === "" ? id : name}`),
      ...keys.keypairs.map(({ keypair }) => `key pair ${keypair.name}`),
    ].toSorted();
  }

  async server(name: string): Promise<CloudObject> {
    const found = (await this.list("server")).find((server) => server.name === name);
    if (found === undefined) throw new Error(`no server ${name}`);
    return found;
  }

  /** Deletes an instance behind the program's back, and waits until it is gone. */
  async deleteServer(name: string): Promise<void> {
    const { id } = await this.server(name);
    await this.request("DELETE", "compute", `/servers/${id}`);
    while ((await this.list("server")).some((server) => server.id === id)) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }

  async stop(name: string): Promise<void> {
    await this.#action(name, { "os-stop": null });
  }

  async start(name: string): Promise<void> {
    await this.#action(name, { "os-start": null });
  }

  async #action(name: string, action: Readonly<Record<string, unknown>>): Promise<void> {
    await this.request("POST", "compute", `/servers/${(await this.server(name)).id}/action`, action);
  }

  /** Name of an instance's flavor. */
  async flavorOf(name: string): Promise<string> {
    const { flavor } = z.looseObject({ flavor: z.object({ id: z.string() }) }).parse(await this.server(name));
    const answer = await this.request("GET", "compute", `/flavors/${flavor.id}`);
    return z.object({ flavor: z.object({ name: z.string() }) }).parse(answer).flavor.name;
  }

  /** The floating IPs whose description names a part of the stack. */
  async publicAddresses(part: string): Promise<string[]> {
    const address = z.looseObject({ description: z.string(), floating_ip_address: z.string() });
    const found = z.array(address).parse(await this.list("floating IP"));
    return found.filter(({ description }) => description.includes(part)).map((one) => one.floating_ip_address);
  }

  /** Makes a port that isn't the stack's on one of its networks, and returns its id. */
  async foreignPort(network: string): Promise<string> {
    const on = (await this.list("network")).find(({ name }) => name === network);
    const body = { port: { name: "foreign", network_id: on?.id } };
    const answer = await this.request("POST", "network", "/v2.0/ports", body);
    return z.object({ port: z.object({ id: z.string() }) }).parse(answer).port.id;
  }

  async deletePort(id: string): Promise<void> {
    await this.request("DELETE", "network", `/v2.0/ports/${id}`);
  }

  /** As the administrator: offers a flavor to everybody, where there is none of its name. */
  async ensureFlavor(name: string, size: Readonly<Record<"vcpus" | "ram" | "disk", number>>): Promise<void> {
    const flavors = z
      .object({ flavors: z.array(z.object({ name: z.string() })) })
      .parse(await this.request("GET", "compute", "/flavors"));
    if (flavors.flavors.some((flavor) => flavor.name === name)) return;
    await this.request("POST", "compute", "/flavors", { flavor: { name, ...size } });
  }

  /** As the administrator: how many instances a project may have. */
  async limitInstances(project: string, instances: number): Promise<void> {
    await this.request("PUT", "compute", `/os-quota-sets/${project}`, { quota_set: { instances } });
  }
}
