import assert from "node:assert/strict";
import { loadProgram } from "../host/script.ts";

/** Asked by keepalived whether this server may hold the virtual address. */
export const apiHealthCheck = loadProgram(import.meta.url, "./api-is-healthy.sh");

export interface ApiEndpoint {
  /** The virtual address. */
  readonly address: string;
  /** 1–255, unique on the network. */
  readonly virtualRouterId: number;
  /** Addresses of all servers, in their order. */
  readonly servers: readonly string[];
}

const healthScript = `
vrrp_script api_is_healthy {
  script "/etc/grappe/api-is-healthy"
  interval 2
  timeout 4
  fall 3
  rise 1
}
`;

/**
 * Renders (pure) keepalived's configuration for one server. Unicast to the other servers only: VRRP's own password would be
 * plain text on the wire. No server takes the address back from a healthy one (`nopreempt`); the first one in order takes
 * it when none has it. A lone server holds it whatever its API's health: there is nobody to take it, and a slow answer would make an
 * address that no longer exists of it. `@interface@` stands for the interface with the server's address, which only the host knows.
 *
 * @throws if `self` isn't one of the servers
 */
export function renderKeepalived(endpoint: ApiEndpoint, self: string): string {
  const { address, virtualRouterId, servers } = endpoint;
  const order = servers.indexOf(self);
  assert(order !== -1, `${self} is no address of a server`);
  const peers = servers.filter((server) => server !== self).map((server) => `    ${server}\n`);
  const isLone = peers.length === 0;
  const unicast = isLone ? "" : `  unicast_src_ip ${self}\n  unicast_peer {\n${peers.join("")}  }\n`;
  return `global_defs {
  enable_script_security
  script_user root
  vrrp_garp_master_refresh 60
}
${isLone ? "" : healthScript}
vrrp_instance kubernetes_api {
  state BACKUP
  nopreempt
  interface @interface@
  virtual_router_id ${virtualRouterId}
  priority ${250 - order}
  advert_int 1
${unicast}  virtual_ipaddress {
    ${address}/32
  }
${isLone ? "" : "  track_script {\n    api_is_healthy\n  }\n"}}
`;
}
