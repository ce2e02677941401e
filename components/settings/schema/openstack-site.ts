import { z } from "zod";
import { createdUser } from "./created-user.ts";
import { cloudName, plainWord, regionName, webAddress } from "./endpoint.ts";
import { labels, labelValue, taints } from "./node.ts";
import { address, addressRange, architecture, cidr, dnsLabel, nameServers, port } from "./primitives.ts";
import { proxy } from "./proxy.ts";

const subnet = z.strictObject({
  name: dnsLabel,
  cidr: cidr,
  publicRange: z.boolean().default(false).describe("The range is public and used privately, knowingly."),
  gateway: address.optional().describe("Default: the first address of the range."),
  dnsNameservers: nameServers.default([]),
});

const network = z.strictObject({
  name: dnsLabel,
  mtu: z.int().min(1280).max(9216).optional().describe("Default: the cloud's."),
  subnets: z.array(subnet).min(1),
});

const router = z.strictObject({
  name: dnsLabel,
  external: z.boolean().default(false).describe("Has the external network as its gateway; exactly one router does."),
  interfaces: z
    .array(
      z.strictObject({
        subnet: dnsLabel,
        address: address.optional().describe("Default: the subnet's gateway. Another one joins a further router."),
      }),
    )
    .min(1),
});

/** It becomes the node's label topology.kubernetes.io/zone. */
const availabilityZone = labelValue.min(1);

const machineType = {
  flavor: cloudName.describe("Name of the flavor. A change resizes in place, one server at a time, drained."),
  image: cloudName.describe("Name of the image. A change replaces instances one at a time, never rebuilds."),
  subnet: dnsLabel.describe("The subnet that its port lies in."),
  architecture: architecture.default("amd64"),
  bootVolume: z
    .strictObject({ sizeGiB: z.int().min(5), type: cloudName.optional() })
    .optional()
    .describe("Boot from a volume of this size. Default: the flavor's own disk."),
  availabilityZones: z.array(availabilityZone).default([]).describe("Instances are spread over these in turn."),
};

/** Machines of an OpenStack project, their networks included. */
export const openstackSite = z.strictObject({
  kind: z.literal("openstack"),
  cloud: cloudName.optional().describe("Entry of clouds.yaml. Either this or `applicationCredential`."),
  applicationCredential: z
    .strictObject({ authUrl: webAddress, id: plainWord })
    .optional()
    .describe("Its secret is the encrypted setting grappe:applicationCredentialSecret."),
  region: regionName.optional(),
  externalNetwork: cloudName.describe(
    "Name of the provider's external network, or its id where several have one name; floating IPs come from it.",
  ),
  networks: z.array(network).min(1),
  routers: z.array(router).min(1),
  proxy,
  user: createdUser.default("grappe").describe("User that cloud-init creates for SSH."),
  environment: z
    .enum(["hardware", "container"])
    .default("hardware")
    .describe("container: the cloud's instances are containers, as on the OpenStack of this computer."),
  adminCidrs: z
    .array(cidr)
    .min(1)
    .describe("Where administrators connect from: SSH and the API are open to these only."),
  ingressCidrs: z.array(cidr).default(["0.0.0.0/0"]).describe("Who may use the ingress."),
  servers: z.strictObject({
    ...machineType,
    count: z.int().min(0).max(99).describe("1, 3, 5 or 7: etcd needs a majority."),
    spread: z
      .enum(["required", "preferred"])
      .default("required")
      .describe(
        "required: no two on one of the cloud's computers. preferred: for a cloud of fewer. Not to be changed later.",
      ),
    firstAddress: address
      .optional()
      .describe("The first server's; the others follow. Default: offset 10 of the subnet."),
    labels: labels.default({}),
    taints: taints.default([]),
  }),
  agentPools: z
    .array(
      z.strictObject({
        name: dnsLabel,
        ...machineType,
        count: z.int().min(0).max(5000).describe("Adding or removing one at the end moves no other."),
        firstAddress: address
          .optional()
          .describe(
            "The first agent's; the others follow. Default: offset 20, further pools a quarter of the range on.",
          ),
        labels: labels.default({}),
        taints: taints.default([]),
      }),
    )
    .default([]),
  bastion: z
    .strictObject({ ...machineType, address: address.optional().describe("Default: offset 9 of the subnet.") })
    .describe("A small instance with a floating IP, through which all others are reached by SSH."),
  apiAddress: address
    .optional()
    .describe("Virtual address of the Kubernetes API, in the servers' subnet. Required with more than one server."),
  loadBalancerPool: z.array(addressRange).default([]).describe("Addresses for LoadBalancer Services, in one subnet."),
  floatingIps: z
    .strictObject({
      api: z.boolean().default(false).describe("Give the API address a floating IP, open to `adminCidrs`."),
      ingress: z.boolean().default(true).describe("Give the ingress's address a floating IP."),
    })
    .prefault({}),
  portForwards: z
    .array(
      z.strictObject({
        externalPort: port,
        protocol: z.enum(["tcp", "udp"]).default("tcp"),
        host: dnsLabel.optional().describe("Name of the host it leads to. Either this or `address`."),
        address: address.optional().describe("A load balancer or API address it leads to."),
        internalPort: port,
      }),
    )
    .default([])
    .describe("Ports of one further floating IP, each led to a host or virtual address."),
  openPorts: z
    .array(z.strictObject({ protocol: z.enum(["tcp", "udp"]), from: port, to: port, cidr: cidr }))
    .default([])
    .describe("Further ports opened on every node, as system 4's TCP 50000–50050."),
});

export type OpenstackSite = z.output<typeof openstackSite>;
