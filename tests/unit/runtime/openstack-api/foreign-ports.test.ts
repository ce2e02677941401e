import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CloudApi } from "../../../../runtime/openstack-api/cloud-api.ts";
import { foreignPorts, refuseForeignPorts } from "../../../../runtime/openstack-api/foreign-ports.ts";

const port = (id: string, device_owner = "", device_id = "") => ({
  id,
  name: `name of ${id}`,
  network_id: "front",
  device_id,
  device_owner,
  fixed_ips: [{ ip_address: "3.7.12.5" }],
});
let ports: ReturnType<typeof port>[] = [];

const server = createServer((request, response) => {
  response.setHeader("x-subject-token", "t");
  response.setHeader("content-type", "application/json");
  const { port: number } = server.address() as AddressInfo;
  const endpoints = [{ interface: "public", url: `http://127.0.0.1:${number}` }];
  const answer = request.url?.startsWith("/v2.0/ports?network_id=front")
    ? { ports }
    : { token: { project: { id: "p" }, catalog: [{ type: "network", endpoints }] } };
  response.end(JSON.stringify(answer));
});
let api: CloudApi;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: number } = server.address() as AddressInfo;
  const authUrl = `http://127.0.0.1:${number}`;
  const setting = "grappe:site.cloud";
  api = await CloudApi.connect({
    ...{ setting, authUrl, auth: {}, region: undefined, endpoints: "public", authorities: undefined },
  });
});
afterAll(() => server.close());

const state = [
  { type: "openstack:networking/network:Network", id: "front" },
  { type: "openstack:networking/router:Router", id: "outer" },
  { type: "openstack:networking/port:Port", id: "ours" },
];

describe("ports on the stack's networks", () => {
  it("that are its own, Neutron's, or its routers' go by themselves", async () => {
    ports = [
      port("ours", "compute:nova", "i"),
      port("dhcp", "network:dhcp"),
      port("leg", "network:router_interface", "outer"),
    ];
    expect(await foreignPorts(api, state)).toEqual([]);
    await expect(refuseForeignPorts(api, state)).resolves.toBeUndefined();
  });

  it("of others are named, with the fix", async () => {
    ports = [port("theirs", "compute:nova", "vm-7"), port("leg", "network:router_interface", "another")];
    await expect(refuseForeignPorts(api, state)).rejects.toThrow(
      /Nothing was destroyed.*\n {2}theirs "name of theirs" 3\.7\.12\.5, of compute:nova vm-7\n {2}leg .*another\nFix: openstack port delete/,
    );
  });
});
