import { z } from "zod";
import type { CloudApi } from "../../openstack-api/cloud-api.ts";
import { type Find, objectKind, ownProject } from "./object-kind.ts";

const floatingIpObject = z.object({
  id: z.string(),
  floating_ip_address: z.string(),
  port_id: z.string().nullish(),
  description: z.string().nullish(),
});

type FloatingIp = z.output<typeof floatingIpObject>;

function listFloatingIps(api: CloudApi, query: Readonly<Record<string, string>>): Promise<FloatingIp[]> {
  return api.list("network", "/floatingips", "floatingips", floatingIpObject, { ...ownProject(api), ...query });
}

/** A floating IP has no name; its description says of which stack and for what it is. One that leads somewhere isn't lost. */
const floatingIp = objectKind(z.object({ description: z.string() }), async (api, { description }) => {
  const addresses = await listFloatingIps(api, { description });
  return addresses
    .filter((each) => each.description === description && (each.port_id ?? "") === "")
    .map(({ id, floating_ip_address }) => ({ id, description: `floating IP ${floating_ip_address}` }));
});

/** The association's id is its floating IP's. */
const association = objectKind(z.object({ floatingIp: z.string(), portId: z.string() }), async (api, inputs) => {
  const addresses = await listFloatingIps(api, { floating_ip_address: inputs.floatingIp });
  return addresses
    .filter((each) => each.floating_ip_address === inputs.floatingIp && each.port_id === inputs.portId)
    .map(({ id, floating_ip_address }) => ({ id, description: `floating IP ${floating_ip_address} at its port` }));
});

const forwardInputs = z.object({ floatingipId: z.string(), externalPort: z.number(), protocol: z.string() });
const forwardObject = z.object({ id: z.string(), external_port: z.number(), protocol: z.string() });

/** An external port of a floating IP leads to one place only. */
const portForward = objectKind(forwardInputs, async (api, { floatingipId, externalPort, protocol }) => {
  const path = `/floatingips/${floatingipId}/port_forwardings`;
  const forwards = await api.list("network", path, "port_forwardings", forwardObject);
  return forwards
    .filter((each) => each.external_port === externalPort && each.protocol.toLowerCase() === protocol.toLowerCase())
    .map(({ id }) => ({ id, description: `port forward ${protocol} ${externalPort}` }));
});

export const addressObjects: Readonly<Record<string, Find>> = {
  "openstack:networking/floatingIp:FloatingIp": floatingIp,
  "openstack:networking/floatingIpAssociate:FloatingIpAssociate": association,
  "openstack:networking/portForwardingV2:PortForwardingV2": portForward,
};
