import { createServer } from "node:http";
import { stringify } from "yaml";
import type { Cloud, Port } from "../../rehearsal/world/cloud/cloud.ts";

/** The simulated cloud behind OpenStack's own API, as far as a teardown asks it. */
export interface OpenstackHttp {
  /** A `clouds.yaml` that leads to it. */
  readonly clouds: string;
  close(): void;
}

const user = { username: "shop", password: "secret", project_name: "shop", user_domain_name: "Default" };

function neutronPort({ id, name, networkId, fixedIps, owner }: Port) {
  const [kind = "", deviceId = ""] = owner?.split(":") ?? [];
  const owners: Readonly<Record<string, string>> = { router: "network:router_interface", instance: "compute:nova" };
  return {
    ...{ id, name, network_id: networkId, device_id: deviceId, device_owner: owners[kind] ?? "" },
    fixed_ips: fixedIps.map(({ subnetId, address }) => ({ subnet_id: subnetId, ip_address: address })),
  };
}

/** Serves Keystone's token and Neutron's ports; only reading is known to it, so that a teardown can change nothing by it. */
export async function serveOpenstack(cloud: Cloud): Promise<OpenstackHttp> {
  const token = "of-shop";
  let origin = "";
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", origin);
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { "x-subject-token": token }).end(JSON.stringify(body));
    if (request.method === "POST" && url.pathname === "/identity/v3/auth/tokens") {
      const endpoints = [{ interface: "public", url: `${origin}/networking`, region_id: "RegionOne" }];
      answer(201, { token: { project: { id: "shop" }, catalog: [{ type: "network", endpoints }] } });
    } else if (request.headers["x-auth-token"] !== token) answer(401, {});
    else if (request.method === "GET" && url.pathname === "/networking/v2.0/ports") {
      const ports = [...cloud.ports.values()].filter(
        ({ networkId }) => networkId === (url.searchParams.get("network_id") ?? networkId),
      );
      answer(200, { ports: ports.map(neutronPort) });
    } else answer(405, {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port to listen on");
  origin = `http://127.0.0.1:${address.port}`;
  const auth = { ...user, auth_url: `${origin}/identity/v3`, project_domain_name: "Default" };
  return {
    clouds: stringify({ clouds: { grappe: { auth, region_name: "RegionOne" } } }),
    close: () => server.close(),
  };
}
