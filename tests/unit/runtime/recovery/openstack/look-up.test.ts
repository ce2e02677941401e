import { readdir, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Credentials } from "../../../../../runtime/openstack-api/credentials.ts";
import { openstackLookUp, openstackObjects } from "../../../../../runtime/recovery/openstack/look-up.ts";

const description = "Made by grappe, stack dev";
const token = "the-token";

let server: Server;
let origin: string;
/** The cloud's answers, by path; a path with a query wins. */
let answers: Record<string, object>;
let requests: string[];
/** Called once something was answered: what is there from then on. */
let onAnswer: () => void;
let loginStatus: number;

function catalogue() {
  const endpoint = (url: string, region = "north") => ({ interface: "public", url, region_id: region });
  return [
    { type: "network", endpoints: [endpoint("http://elsewhere.test", "south"), endpoint(`${origin}/networking/`)] },
    { type: "compute", endpoints: [endpoint(`${origin}/compute/v2.1`)] },
  ];
}

beforeEach(async () => {
  answers = {};
  requests = [];
  onAnswer = () => undefined;
  loginStatus = 201;
  server = createServer((request, response) => {
    const url = request.url ?? "/";
    requests.push(`${request.method} ${url}`);
    if (url === "/identity/v3/auth/tokens") {
      response.writeHead(loginStatus, { "x-subject-token": token });
      response.end(JSON.stringify({ token: { project: { id: "p1" }, catalog: catalogue() } }));
      return;
    }
    const answer = answers[url] ?? answers[url.split("?")[0] ?? ""];
    if (request.headers["x-auth-token"] !== token) response.writeHead(401).end();
    else if (answer === undefined) response.writeHead(404).end("{}");
    else response.end(JSON.stringify(answer));
    onAnswer();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.close();
});

function credentials(override: Partial<Credentials> = {}): Credentials {
  const auth = { identity: {} };
  const common = {
    setting: "grappe:site.cloud",
    auth,
    region: "north",
    endpoints: "public",
    authorities: undefined,
  } as const;
  return { ...common, authUrl: `${origin}/identity/v3/`, ...override };
}

function find(type: string, inputs: Record<string, unknown>, override: Partial<Credentials> = {}) {
  const lookUp = openstackLookUp(async () => credentials(override));
  return lookUp({ urn: `urn:pulumi:dev::grappe::${type}::it`, type, name: "it", inputs }, 0, () => true);
}

const types = {
  network: "openstack:networking/network:Network",
  port: "openstack:networking/port:Port",
  interface: "openstack:networking/routerInterface:RouterInterface",
  route: "openstack:networking/routerRoute:RouterRoute",
  group: "openstack:networking/secGroup:SecGroup",
  rule: "openstack:networking/secGroupRule:SecGroupRule",
  floatingIp: "openstack:networking/floatingIp:FloatingIp",
  forward: "openstack:networking/portForwardingV2:PortForwardingV2",
  instance: "openstack:compute/instance:Instance",
  keypair: "openstack:compute/keypair:Keypair",
};

describe("the cloud", () => {
  it("isn't asked for what other providers were creating", async () => {
    expect(await find("command:remote:Command", {})).toEqual([]);
    expect(requests).toEqual([]);
  });

  it("is asked again until what was begun just before the kill is there, or can come no more", async () => {
    const lookUp = openstackLookUp(async () => credentials(), 300);
    const path = "/networking/v2.0/networks?project_id=p1&name=dev-a";
    const [old, late] = ["1", "2"].map((id) => ({ id, name: "dev-a", description }));
    const inputs = { name: "dev-a", description };
    const creation = { urn: "urn:pulumi:dev::grappe::network::a", type: types.network, name: "a", inputs };
    // What is asked tells it, and not the time: a loaded computer takes as long as it likes.
    const idsOf = async (isNew: (id: string) => boolean) => {
      requests = [];
      const found = await lookUp(creation, Date.now() + 60_000, ({ id }) => isNew(id));
      return { ids: found.map(({ id }) => id), times: requests.filter((request) => request === `GET ${path}`).length };
    };
    answers[path] = { networks: [old] };
    onAnswer = () => {
      answers[path] = { networks: [old, late] };
    };
    expect(await idsOf((id) => id !== "1")).toEqual({ ids: ["1", "2"], times: 2 });
    expect(await idsOf((id) => id !== "1")).toEqual({ ids: ["1", "2"], times: 1 });
    expect(await idsOf(() => false)).toEqual({ ids: ["1", "2"], times: 2 });
  });

  it("is asked page after page, behind whatever proxy, and only for our own project", async () => {
    const named = (id: string) => ({ id, name: "dev-a", description });
    const path = "/networking/v2.0/networks";
    answers[`${path}?project_id=p1&name=dev-a`] = {
      networks: [named("1"), { ...named("2"), description: "somebody's" }],
      networks_links: [{ rel: "next", href: "http://inside.test/v2.0/networks?marker=2" }],
    };
    answers[`${path}?marker=2`] = { networks: [named("3"), { ...named("4"), name: "dev-ab" }] };
    const found = await find(types.network, { name: "dev-a", description });
    expect(found).toEqual([
      { id: "1", description: "network dev-a" },
      { id: "3", description: "network dev-a" },
    ]);
  });

  it("that refuses the credentials, isn't there, or has no such region: setting, reason, fix", async () => {
    const inputs = { name: "dev-a", description };
    loginStatus = 401;
    await expect(find(types.network, inputs)).rejects.toThrow(/grappe:site.cloud.*401.*expired.*Renew/);
    loginStatus = 201;
    await expect(find(types.network, inputs, { region: "west" })).rejects.toThrow(
      /no public address of its network service in the region west.*south, north.*grappe:site.region/,
    );
    await expect(find(types.network, inputs, { authUrl: "http://127.0.0.1:1" })).rejects.toThrow(
      /grappe:site.cloud.*can't be asked.*127.0.0.1:1/,
    );
  });
});

describe("what a creation left", () => {
  const port = (id: string, address: string, more: object = {}) => ({
    ...{ id, name: "dev-h", description, network_id: "n1", device_id: "", device_owner: "" },
    fixed_ips: [{ subnet_id: "s1", ip_address: address }],
    ...more,
  });

  it("a port: by name, mark, network and address", async () => {
    answers["/networking/v2.0/ports"] = {
      ports: [port("1", "10.0.0.4"), port("2", "10.0.0.5"), port("3", "10.0.0.5", { description: "" })],
    };
    const inputs = {
      name: "dev-h",
      description,
      networkId: "n1",
      fixedIps: [{ subnetId: "s1", ipAddress: "10.0.0.5" }],
    };
    expect(await find(types.port, inputs)).toEqual([{ id: "2", description: "port dev-h, 10.0.0.5" }]);
  });

  it("a router's interface: the port that it was given, or took in the subnet; never its gateway", async () => {
    const owned = { device_id: "r1", device_owner: "network:router_interface" };
    answers["/networking/v2.0/ports"] = {
      ports: [
        port("1", "10.0.0.1", { ...owned, device_owner: "network:router_gateway" }),
        port("2", "10.0.0.1", owned),
        port("3", "10.0.0.254", { ...owned, device_owner: "network:ha_router_replicated_interface" }),
      ],
    };
    const ids = async (inputs: object) =>
      (await find(types.interface, { routerId: "r1", ...inputs })).map(({ id }) => id);
    expect(await ids({ portId: "3" })).toEqual(["3"]);
    expect(await ids({ subnetId: "s2" })).toEqual([]);
    expect(await ids({ subnetId: "s1" })).toEqual(["2", "3"]);
    expect(requests.at(-1)).toBe("GET /networking/v2.0/ports?device_id=r1");
  });

  it("a route: a line of its router; of a router that is gone: nothing", async () => {
    answers["/networking/v2.0/routers/r1"] = {
      router: { routes: [{ destination: "10.1.0.0/24", nexthop: "10.0.0.2" }] },
    };
    const inputs = { routerId: "r1", destinationCidr: "10.1.0.0/24", nextHop: "10.0.0.2" };
    expect((await find(types.route, inputs)).map(({ id }) => id)).toEqual(["r1-route-10.1.0.0/24-10.0.0.2"]);
    expect(await find(types.route, { ...inputs, nextHop: "10.0.0.3" })).toEqual([]);
    expect(await find(types.route, { ...inputs, routerId: "r2" })).toEqual([]);
  });

  it("a security group, cut off before Neutron's own rules were deleted", async () => {
    const rule = { id: "x", security_group_id: "g1", direction: "egress", ethertype: "IPv6" };
    const group = { id: "g1", name: "dev-nodes", description };
    answers["/networking/v2.0/security-groups"] = { security_groups: [{ ...group, security_group_rules: [rule] }] };
    const inputs = { name: "dev-nodes", description, deleteDefaultRules: true };
    expect(await find(types.group, inputs)).toMatchObject([{ id: "g1", unfinished: "replace" }]);
    answers["/networking/v2.0/security-groups"] = { security_groups: [{ ...group, security_group_rules: [] }] };
    expect(await find(types.group, inputs)).toEqual([{ id: "g1", description: expect.any(String) }]);
  });

  it("a security rule: the one that says the same", async () => {
    const rule = { security_group_id: "g1", direction: "ingress", ethertype: "IPv4", protocol: "tcp" };
    answers["/networking/v2.0/security-group-rules"] = {
      security_group_rules: [
        { ...rule, id: "1", port_range_min: 22, port_range_max: 22, remote_ip_prefix: "10.0.0.0/8" },
        { ...rule, id: "2", port_range_min: 22, port_range_max: 22, remote_group_id: "g1" },
        { ...rule, id: "3", protocol: null },
      ],
    };
    const inputs = { securityGroupId: "g1", direction: "ingress", ethertype: "IPv4" };
    const ssh = { ...inputs, protocol: "tcp", portRangeMin: 22, portRangeMax: 22, remoteGroupId: "g1" };
    expect((await find(types.rule, ssh)).map(({ id }) => id)).toEqual(["2"]);
    expect((await find(types.rule, inputs)).map(({ id }) => id)).toEqual(["3"]);
  });

  it("a floating IP: by what it is for, if it leads nowhere; a port forward: by its port", async () => {
    const address = { floating_ip_address: "203.0.113.4", description: `${description}: api-public` };
    answers["/networking/v2.0/floatingips"] = {
      floatingips: [
        { ...address, id: "1", port_id: "p" },
        { ...address, id: "2" },
        { ...address, id: "3", description: "" },
      ],
    };
    expect((await find(types.floatingIp, { description: address.description })).map(({ id }) => id)).toEqual(["2"]);
    answers["/networking/v2.0/floatingips/2/port_forwardings"] = {
      port_forwardings: [{ id: "f", external_port: 80, protocol: "tcp" }],
    };
    expect(await find(types.forward, { floatingipId: "2", externalPort: 80, protocol: "tcp" })).toMatchObject([
      { id: "f" },
    ]);
    expect(await find(types.forward, { floatingipId: "2", externalPort: 80, protocol: "udp" })).toEqual([]);
  });

  it("an instance: by name and metadata, never one that is deleted; in error it is unfinished", async () => {
    const instance = { name: "dev-h", status: "ACTIVE", metadata: { grappe: "dev" } };
    answers["/compute/v2.1/servers/detail"] = {
      servers: [
        { ...instance, id: "1", status: "ERROR" },
        { ...instance, id: "2", metadata: {} },
        { ...instance, id: "3", status: "DELETED" },
      ],
    };
    const found = await find(types.instance, { name: "dev-h", metadata: { grappe: "dev", disk: "d" } });
    expect(found).toEqual([{ id: "1", description: "instance dev-h, ERROR", unfinished: "replace" }]);
  });

  it("an instance that is still being made: what becomes of it", async () => {
    const instance = { id: "1", name: "dev-h", status: "BUILD", metadata: { grappe: "dev" } };
    answers["/compute/v2.1/servers/detail"] = { servers: [instance] };
    answers["/compute/v2.1/servers/1"] = { server: { ...instance, status: "ACTIVE" } };
    const found = await find(types.instance, { name: "dev-h", metadata: { grappe: "dev" } });
    expect(found).toEqual([{ id: "1", description: "instance dev-h, ACTIVE" }]);
  });

  it("a key pair: only with our key in it", async () => {
    answers["/compute/v2.1/os-keypairs/dev-key"] = {
      keypair: { name: "dev-key", public_key: "ssh-ed25519 AAAA me@here\n" },
    };
    expect(await find(types.keypair, { name: "dev-key", publicKey: "ssh-ed25519 AAAA" })).toMatchObject([
      { id: "dev-key" },
    ]);
    expect(await find(types.keypair, { name: "dev-key", publicKey: "ssh-ed25519 BBBB" })).toEqual([]);
  });

  it("can be looked up for every type that the program makes", async () => {
    const folder = new URL("../../../../../components/site/openstack/", import.meta.url);
    const files = (await readdir(folder)).filter((name) => name.endsWith(".ts"));
    const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), "utf8")));
    const made = sources.flatMap((source) => [...source.matchAll(/new openstack\.(\w+)\.(\w)(\w*)\(/g)]);
    const tokens = made.map(
      ([, module, first = "", rest]) => `openstack:${module}/${first.toLowerCase()}${rest}:${first}${rest}`,
    );
    expect([...new Set(tokens)].toSorted()).toEqual(Object.keys(openstackObjects).toSorted());
  });
});
