import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { openstackSite } from "../../../../components/site/openstack/openstack-site.ts";
import type { Site } from "../../../../components/site/site.ts";
import { letMocksTakeHooks } from "../../hooks-under-mocks.ts";
import { minimal, type Rooms, settingsOf, systemFour } from "./settings-fixture.ts";

const seed = Buffer.alloc(32, 3).toString("base64");
const registered = new Map<string, { type: string; inputs: Record<string, unknown> }>();
const register = vi.spyOn(MockMonitor.prototype, "registerResource");

letMocksTakeHooks();

/** As gRPC gives a provider's error. */
const rpcError = (details: string) => Object.assign(new Error(details), { details });

beforeEach(async () => {
  registered.clear();
  register.mockClear();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.set(name, { type, inputs });
        const seeded = type.endsWith(":RandomPassword") ? { result: Buffer.from(seed, "base64").toString("hex") } : {};
        const address = type.endsWith(":FloatingIp") ? { address: `address of ${name}` } : {};
        return { id: `${name}-id`, state: { ...inputs, ...seeded, ...address } };
      },
      call: ({ token, inputs }) => {
        if (inputs.name === "retired") throw rpcError(`invoking ${token}: Your query returned no results.`);
        if (inputs.name === "twins" && inputs.networkId === undefined)
          throw rpcError(
            `invoking ${token}: Your query returned more than one result. Please try a more specific search.`,
          );
        if (inputs.name === "away") throw rpcError("connection refused");
        return { ...inputs, id: `${inputs.name}-id`, ids: [] };
      },
    },
    "grappe",
    "test",
    false,
  );
});

/** The site, once everything of it is registered. */
async function make(rooms: Rooms): Promise<Site> {
  let site: Promise<Site> | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    site = openstackSite(settingsOf(rooms));
    await site;
    return {};
  });
  await pulumi.runtime.disconnect(false);
  if (site === undefined) throw new Error("no site");
  return site;
}

const requests = (): RegisterResourceRequest[] => register.mock.calls.map(([request]) => request);
const nameOf = (urn: string) => urn.split("::").at(-1) ?? urn;

/** A line a resource: kind, name, what it depends on, what takes it away. */
function graph(): string {
  const lines = requests()
    .filter((request) => request.getType().startsWith("openstack:"))
    .map((request) => {
      const dependencies: string[] = request.getDependenciesList().map(nameOf).sort();
      const after = dependencies.length > 0 ? ` after ${dependencies.join(", ")}` : "";
      const deletedWith = request.getDeletedwith() === "" ? "" : ` deleted with ${nameOf(request.getDeletedwith())}`;
      return `${request.getType().split(":").at(-1)} ${request.getName()}${after}${deletedWith}`;
    });
  return `${lines.sort().join("\n")}\n`;
}

function requestOf(name: string) {
  const request = requests().find((each) => each.getName() === name);
  if (request === undefined) throw new Error(`not registered: ${name}`);
  return request;
}

const inputsOf = (name: string) => registered.get(name)?.inputs;
const resolved = <T>(value: pulumi.Input<T>) => new Promise((resolve) => pulumi.output(value).apply(resolve));

describe("openstackSite", () => {
  it("is system 4's graph", async () => {
    await make({ site: systemFour });
    await expect(graph()).toMatchFileSnapshot("golden/system-four.txt");
  });

  it("is the smallest site's graph", async () => {
    await make({ site: minimal });
    await expect(graph()).toMatchFileSnapshot("golden/minimal.txt");
  });

  it("tells later rooms what they need", async () => {
    const site = await make({ site: systemFour });
    expect(site).toMatchObject({
      apiAddress: "3.7.12.200",
      apiAddressIsVirtual: true,
      loadBalancerPool: ["3.7.12.208-3.7.12.223"],
      loadBalancerSubnet: "3.7.12.0/24",
    });
    expect(site.hosts.map(({ name }) => name)).toEqual(["server-1", "server-2", "server-3", "space-1-1", "space-2-1"]);
    expect(await resolved(site.apiPublicAddress ?? "none")).toBe("address of api-public-address");
    expect(await resolved(site.publicAddress ?? "none")).toBe("address of ingress-public-address");
  });

  it("reaches hosts through the bastion, both by pinned host keys", async () => {
    const site = await make({ site: systemFour });
    const hostKey = expect.stringMatching(/^ssh-ed25519 AAAA/);
    expect(await resolved(site.hosts[4]?.connection ?? {})).toMatchObject({
      host: "4.7.12.20",
      user: "grappe",
      hostKey,
      proxy: { host: "address of bastion-public-address", user: "grappe", hostKey },
    });
  });

  it("lets every node of the pool's subnet hold the pool, and servers the API address", async () => {
    await make({ site: systemFour });
    const pairs = ["server-1", "space-1-1", "space-2-1", "bastion"].map((name) => inputsOf(`${name}-port`));
    expect(pairs.map((inputs) => inputs?.allowedAddressPairs)).toEqual([
      [{ ipAddress: "3.7.12.200" }, { ipAddress: "3.7.12.208/28" }],
      [{ ipAddress: "3.7.12.208/28" }],
      [],
      [],
    ]);
  });

  it("lets nodes send from their pods' addresses where the pod network is routed", async () => {
    await make({ cluster: { cni: "routed" } });
    const pods = settingsOf({ cluster: { cni: "routed" } }).hosts[0]?.podSubnet;
    expect(inputsOf("server-1-port")?.allowedAddressPairs).toEqual([{ ipAddress: pods }]);
  });

  it("keeps the host key a secret in the user data", async () => {
    await make({ site: minimal });
    const { userData } = inputsOf("server-1-instance") ?? {};
    expect(userData).toMatchObject({ value: expect.stringContaining("BEGIN OPENSSH PRIVATE KEY") });
  });

  it("resizes in place, but replaces by another image, the old one first", async () => {
    await make({ site: minimal });
    const request = requestOf("server-1-instance");
    expect(request.getDeletebeforereplace()).toBe(true);
    expect(request.getReplacementTrigger()?.toJavaScript()).toBe("debian-13");
    expect(request.getIgnorechangesList()).toEqual(["userData", "keyPair", "imageName", "imageId", "blockDevices"]);
    expect(inputsOf("server-1-instance")).toMatchObject({ flavorName: "m1.medium", imageName: "debian-13" });
  });

  it("boots from a volume of the image where one is asked for", async () => {
    const servers = { ...minimal.servers, bootVolume: { sizeGiB: 40 } };
    await make({ site: { ...minimal, servers } });
    expect(inputsOf("server-1-instance")).toMatchObject({
      blockDevices: [{ uuid: "debian-13-id", sourceType: "image", destinationType: "volume", volumeSize: 40 }],
    });
    expect(inputsOf("server-1-instance")).not.toHaveProperty("imageName");
  });

  it("names everything by the stack and never switches port security off", async () => {
    await make({ site: systemFour });
    for (const [name, { type, inputs }] of registered) {
      if (inputs.name !== undefined) expect(inputs.name, name).toMatch(/^test-/);
      expect(inputs, `${type} ${name}`).not.toHaveProperty("portSecurityEnabled");
    }
  });
});

describe("openstackSite refuses, and makes nothing,", () => {
  const refusal = async (rooms: Rooms) => {
    const reason = await openstackSite(settingsOf(rooms)).then(
      () => "none",
      (error: unknown) => String(error),
    );
    const made = [...registered.values()].filter(({ type }) => type.startsWith("openstack:"));
    return { reason, made };
  };

  it("a floating IP behind the second router", async () => {
    const { reason, made } = await refusal({
      site: { ...systemFour, bastion: { ...systemFour.bastion, subnet: "back" } },
    });
    expect(reason).toMatch(/grappe:site.bastion.subnet: .*isn't at the external router.*Take an address of: front/);
    expect(made).toEqual([]);
  });

  it("an external network that the cloud doesn't have", async () => {
    const { reason, made } = await refusal({ site: { ...minimal, externalNetwork: "retired" } });
    expect(reason).toMatch(/grappe:site.externalNetwork: the cloud has no external network "retired"/);
    expect(made).toEqual([]);
  });

  it("two external networks of one name, with the way to say which", async () => {
    const { reason, made } = await refusal({ site: { ...minimal, externalNetwork: "twins" } });
    expect(reason).toMatch(/several external networks "twins"\. Write the id of the one/);
    expect(reason).not.toMatch(/credentials/);
    expect(made).toEqual([]);
  });

  it("a cloud that doesn't answer", async () => {
    const { reason, made } = await refusal({ site: { ...minimal, externalNetwork: "away" } });
    expect(reason).toMatch(/grappe:site.externalNetwork: the cloud can't be asked.*connection refused/);
    expect(made).toEqual([]);
  });

  it("no credentials, or two kinds of them", async () => {
    const { reason } = await refusal({ site: { ...minimal, cloud: undefined } });
    expect(reason).toMatch(/Give either `cloud`.*or `applicationCredential`/);
    const applicationCredential = { authUrl: "https://cloud.test/v3", id: "abc" };
    expect((await refusal({ site: { ...minimal, applicationCredential } })).reason).toMatch(/from one place/);
    const secretless = await refusal({ site: { ...minimal, cloud: undefined, applicationCredential } });
    expect(secretless.reason).toMatch(/pulumi config set --secret grappe:applicationCredentialSecret/);
  });

  it("a pool of too many address pairs for a port", async () => {
    const { reason, made } = await refusal({
      site: { ...systemFour, loadBalancerPool: ["3.7.12.129-3.7.12.190", "3.7.12.193-3.7.12.198"] },
    });
    expect(reason).toMatch(/grappe:site.loadBalancerPool: it takes 1\d allowed address pairs/);
    expect(made).toEqual([]);
  });
});
