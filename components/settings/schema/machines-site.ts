import { z } from "zod";
import { hostNameOrAddress } from "./endpoint.ts";
import { labels, labelValue, taints } from "./node.ts";
import { address, addressRange, architecture, cidr, dnsLabel, nameServers, port, userName } from "./primitives.ts";
import { proxy } from "./proxy.ts";

const machineName = dnsLabel.refine(
  (name) => name !== "localhost",
  "the name by which every machine calls itself; write one of its own",
);

const machine = z.strictObject({
  name: machineName.describe("The machine's name: its host name and the name of its Kubernetes node."),
  role: z.enum(["server", "agent"]).describe("server: runs the control plane and etcd. agent: runs workloads only."),
  address: hostNameOrAddress.describe("Where SSH reaches it: an address or a DNS name."),
  port: port.default(22).describe("Port of its SSH server."),
  user: userName.optional().describe("User for SSH, with sudo without a password. Default: the site's `user`."),
  privateAddress: address
    .optional()
    .describe("Its address in `network`, used between nodes. Default: `address`, where that is an address."),
  hostKey: z
    .string()
    .optional()
    .describe(
      "Its SSH host key, pinned: `ssh-ed25519 AAAA…`, or where it has none `ecdsa-sha2-nistp256 AAAA…`. Required; a changed key means another machine.",
    ),
  architecture: architecture.default("arm64").describe("Its processor's architecture."),
  labels: labels.default({}).describe("Labels of its node; changes are applied to the running node."),
  taints: taints.default([]).describe("Taints of its node; changes are applied to the running node."),
  environment: z
    .enum(["hardware", "container"])
    .optional()
    .describe("hardware: it has a kernel of its own. Default: the site's `environment`."),
  failureDomain: labelValue.optional().describe("What fails together with it, such as a switch or a room."),
  podSubnet: cidr.optional().describe("Its pods' subnet, for the CNI `routed`. Default: allocated from its address."),
});

/** Machines that exist already and are reached over SSH: Raspberry Pis, servers, or the lab's hosts. */
export const machinesSite = z.strictObject({
  kind: z.literal("machines"),
  network: cidr.describe("The network on which the nodes talk to each other; every private address lies in it."),
  publicRange: z.boolean().default(false).describe("The network's range is public and used privately, knowingly."),
  gateway: address
    .optional()
    .describe("The network's router, which a Pi's card names as the way out. Default: the network's first address."),
  nameServers: nameServers.min(1).optional().describe("Name servers that a Pi's card names. Default: the gateway."),
  dhcpRange: addressRange
    .optional()
    .describe("What the network's DHCP server gives out; nothing of ours may lie in it."),
  loadBalancerPool: z.array(addressRange).default([]).describe("Addresses for Services of type LoadBalancer."),
  apiAddress: address
    .optional()
    .describe("Virtual address of the Kubernetes API (keepalived). Required with more than one server."),
  publicAddress: hostNameOrAddress
    .optional()
    .describe("Address or name at which the site is reached from outside, if any."),
  proxy,
  user: userName.default("grappe").describe("User for SSH, with sudo without a password."),
  environment: z
    .enum(["hardware", "container"])
    .default("hardware")
    .describe("container: the machines are containers of the lab, whose kernel is this computer's."),
  hosts: z.array(machine).min(1),
});

export type MachinesSite = z.output<typeof machinesSite>;
export type Machine = MachinesSite["hosts"][number];
