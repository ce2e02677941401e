import { createServer } from "node:http";
import { stringify } from "yaml";
import type { Cloud, Port } from "../../rehearsal/world/cloud/cloud.ts";

/** The simulated cloud behind OpenStack's own API, as far as a teardown and a new stack ask it. */
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

/** Of flavors that the world knows by their names and disks only: what else Nova says of them. */
const flavorSizes: Readonly<Record<string, { readonly vcpus: number; readonly ram: number }>> = {
  "m1.tiny": { vcpus: 1, ram: 512 },
  "m1.small": { vcpus: 1, ram: 2048 },
  "m1.medium": { vcpus: 2, ram: 4096 },
  "m1.large": { vcpus: 4, ram: 8192 },
};

const novaFlavor = ({ id, name, diskGiB }: Cloud["flavors"][number]) => ({
  ...{ id, name, disk: diskGiB, vcpus: 1, ram: 1024 },
  ...flavorSizes[name],
});

/** Lists of one or two objects a page, so that whoever reads them has to go on. */
const glancePage = (cloud: Cloud, marker: string | null) => {
  const images = [...cloud.images].map(([name, id]) => ({ id, name, status: "active", min_disk: 2 }));
  const start = images.findIndex(({ id }) => id === marker) + 1;
  const page = images.slice(start, start + 2);
  const last = page.at(-1)?.id;
  return { images: page, ...(start + 2 < images.length ? { next: `/v2/images?marker=${last}` } : {}) };
};

/**
 * Serves Keystone's token, Neutron's ports and networks, Nova's flavors and Glance's images; only reading is known to it, so that
 * nothing can be changed by it.
 */
export async function serveOpenstack(cloud: Cloud): Promise<OpenstackHttp> {
  const token = "of-shop";
  let origin = "";
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", origin);
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { "x-subject-token": token }).end(JSON.stringify(body));
    if (request.method === "POST" && url.pathname === "/identity/v3/auth/tokens") {
      const service = (type: string, path: string) => ({
        type,
        endpoints: [{ interface: "public", url: `${origin}${path}`, region_id: "RegionOne" }],
      });
      const catalog = [
        service("network", "/networking"),
        service("compute", "/compute/v2.1"),
        service("image", "/image"),
      ];
      answer(201, { token: { project: { id: "shop" }, catalog } });
    } else if (request.headers["x-auth-token"] !== token) answer(401, {});
    else if (request.method === "GET" && url.pathname === "/networking/v2.0/ports") {
      const ports = [...cloud.ports.values()].filter(
        ({ networkId }) => networkId === (url.searchParams.get("network_id") ?? networkId),
      );
      answer(200, { ports: ports.map(neutronPort) });
    } else if (request.method === "GET" && url.pathname === "/networking/v2.0/networks") {
      const external = url.searchParams.get("router:external");
      const networks = [...cloud.networks.values()].filter(
        (each) => external === null || String(each.external) === external,
      );
      answer(200, { networks });
    } else if (request.method === "GET" && url.pathname === "/compute/v2.1/flavors/detail") {
      answer(200, { flavors: cloud.flavors.map(novaFlavor) });
    } else if (request.method === "GET" && url.pathname === "/image/v2/images") {
      answer(200, glancePage(cloud, url.searchParams.get("marker")));
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
