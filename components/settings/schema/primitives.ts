import ipaddr from "ipaddr.js";
import { z } from "zod";

const bytes = (address: string) => Buffer.from(ipaddr.IPv4.parse(address).toByteArray());
const isIpv4 = (text: string) => ipaddr.IPv4.isValidFourPartDecimal(text);

const octets = String.raw`(\d{1,3}\.){3}\d{1,3}`;

/** An IPv4 address, such as `192.168.1.10`. */
export const address = z
  .string()
  .meta({ pattern: `^${octets}$` })
  .refine(isIpv4, "not an IPv4 address; write four numbers from 0 to 255, such as 192.168.1.10");

/** What a resolver of another machine can be asked at: neither itself nor everybody. */
const nameServer = address.refine(
  (text) =>
    !isIpv4(text) || !["unspecified", "loopback", "multicast", "broadcast"].includes(ipaddr.IPv4.parse(text).range()),
  "no other machine's address; write a name server's own, such as the router's",
);

/** Name servers, each once, as Neutron and netplan take them. */
export const nameServers = z
  .array(nameServer)
  .refine((all) => new Set(all).size === all.length, "a list with a name server twice; remove one");

/** An IPv4 network in CIDR notation, its host bits zero, such as `192.168.1.0/24`. */
export const cidr = z
  .string()
  .meta({ pattern: `^${octets}/\\d{1,2}$` })
  .refine((text) => {
    if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return false;
    return ipaddr.IPv4.networkAddressFromCIDR(text).toString() === text.split("/")[0];
  }, "not an IPv4 network; write the network's own address and its prefix, such as 192.168.1.0/24");

/** A range of IPv4 addresses, first and last included, such as `192.168.1.150-192.168.1.200`. */
export const addressRange = z
  .string()
  .meta({ pattern: `^${octets}-${octets}$` })
  .refine((text) => {
    const [first, last, ...rest] = text.split("-");
    if (rest.length > 0 || first === undefined || last === undefined || !isIpv4(first) || !isIpv4(last)) return false;
    return Buffer.compare(bytes(first), bytes(last)) <= 0;
  }, "not an address range; write the lower address, a hyphen and the higher address, such as 192.168.1.150-192.168.1.200");

/** A DNS label, as Kubernetes wants for the names of nodes (RFC 1123). */
export const dnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "not a DNS label; use up to 63 lower-case letters, digits and inner hyphens",
  );

/** A full DNS name, such as `odoo.example.org`. */
export const dnsName = z
  .string()
  .max(253)
  .regex(
    /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "not a DNS name; write a lower-case name with at least one dot, such as odoo.example.org",
  )
  .refine((text) => !/^[\d.]+$/.test(text), "not a DNS name but numbers; certificates and an ingress need a name");

/** An amount of storage as Kubernetes writes it, such as `10Gi`. */
export const quantity = z
  .string()
  .regex(/^[1-9][0-9]{0,5}(Mi|Gi|Ti)$/, "not an amount of storage; write a number and Mi, Gi or Ti, such as 10Gi");

export const port = z.int().min(1).max(65535);

/** A user of a Linux host, whoever made it; lower case is what useradd takes. */
export const userName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/,
    "not a user's name; write letters, digits, hyphens and underscores, such as pi",
  );

/** What a machine's processor is, in Debian's and Go's name. */
export const architecture = z.enum(["amd64", "arm64"]);

export type Architecture = z.output<typeof architecture>;
