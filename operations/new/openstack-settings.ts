import { addressNumber, addressText, networkRange } from "../../components/settings/ipv4.ts";
import { describeFlavor, type Flavor, type Image, volumeSize } from "./cloud-offer.ts";
import { type Deployment, deploymentEntries, ingressOf, nodePorts } from "./cluster-settings.ts";
import { commentedYaml, type Entry, entry } from "./commented-yaml.ts";
import { type ProposedAddresses, proposeAddresses } from "./free-addresses.ts";
import { headerOf } from "./machines-settings.ts";

/** All that a new stack file of an OpenStack site says. */
export interface OpenstackPlan {
  readonly stack: string;
  /** Entry of clouds.yaml. */
  readonly cloud: string;
  readonly externalNetwork: string;
  readonly adminCidrs: readonly string[];
  readonly user: string;
  /** The one network that is made. */
  readonly cidr: string;
  readonly servers: number;
  readonly agents: number;
  readonly flavor: Flavor;
  readonly bastionFlavor: Flavor;
  readonly image: Image;
  readonly deployment: Deployment;
}

/** Offsets that the program gives to the gateway, OpenStack's DHCP, bastion, servers and the first agents. */
const lastOffsetOfMachines = 59;

/** The virtual addresses (pure) of a network that is made: behind the place that machines have in it. */
export function virtualAddresses(cidr: string): ProposedAddresses {
  const { first } = networkRange(cidr);
  const taken = Array.from({ length: lastOffsetOfMachines }, (_, index) => addressText(first + index + 1));
  return proposeAddresses({ cidr, machines: [addressText(first + 1)], taken });
}

/** The text of `Pulumi.<stack>.yaml` for an OpenStack project, without its secrets (pure). */
export function openstackStackFile(plan: OpenstackPlan): string {
  const { servers, agents, deployment } = plan;
  const what = `An OpenStack project: ${servers} server${servers === 1 ? "" : "s"}, ${agents} agent${agents === 1 ? "" : "s"}, ${deployment.cluster.distribution}.`;
  return commentedYaml(headerOf(plan.stack, what), [
    ...entry("config", [...entry("grappe:site", siteEntries(plan)), ...deploymentEntries(deployment)]),
  ]);
}

const subnetName = "nodes";

function machineEntries(flavor: Flavor, { name, architecture }: Image): readonly Entry[] {
  return [
    ...entry("flavor", flavor.name, describeFlavor(flavor)),
    ...entry("image", name),
    ...entry("subnet", subnetName),
    ...entry("architecture", architecture === "amd64" ? undefined : architecture),
    ...(flavor.disk === 0
      ? entry("bootVolume", [...entry("sizeGiB", volumeSize)], "The flavor has no disk of its own.")
      : []),
  ];
}

function networkEntries({ cidr }: OpenstackPlan): readonly Entry[] {
  const subnet = [
    ...entry("name", subnetName),
    ...entry("cidr", cidr),
    ...entry("dnsNameservers", ["9.9.9.9"], "Who resolves names for the instances."),
  ];
  return [
    ...entry(
      "networks",
      [[...entry("name", subnetName), ...entry("subnets", [subnet])]],
      "Made by us, with a router that leads out.",
      true,
    ),
    ...entry("routers", [
      [
        ...entry("name", "outer"),
        ...entry("external", true),
        ...entry("interfaces", [[...entry("subnet", subnetName)]]),
      ],
    ]),
  ];
}

function nodeEntries({ servers, agents, flavor, bastionFlavor, image }: OpenstackPlan): readonly Entry[] {
  const pool = [...entry("name", "agent"), ...entry("count", agents), ...machineEntries(flavor, image)];
  return [
    ...entry(
      "servers",
      [
        ...entry("count", servers),
        ...entry("spread", "preferred", "required: no two servers on one of the cloud's computers, or none is built."),
        ...machineEntries(flavor, image),
      ],
      "Kubernetes' control plane and etcd: 1, 3 or 5.",
      true,
    ),
    ...(agents === 0
      ? []
      : entry("agentPools", [pool], "Applications only. Another count adds or removes instances at the end.")),
    ...entry(
      "bastion",
      machineEntries(bastionFlavor, image),
      "A small instance with a floating address, through which all others are reached over SSH.",
    ),
  ];
}

function siteEntries(plan: OpenstackPlan): readonly Entry[] {
  const { apiAddress, pool } = virtualAddresses(plan.cidr);
  const hasIngress = ingressOf(plan.deployment) !== undefined;
  return [
    ...entry("kind", "openstack"),
    ...entry("cloud", plan.cloud, "Entry of clouds.yaml."),
    ...entry(
      "externalNetwork",
      plan.externalNetwork,
      "The provider's network that leads out; floating addresses come from it.",
    ),
    ...entry(
      "adminCidrs",
      plan.adminCidrs,
      "Where administrators connect from: SSH and the API are open to these only.",
    ),
    ...entry("user", plan.user, "User that is made on each instance, for SSH."),
    ...networkEntries(plan),
    ...nodeEntries(plan),
    ...entry(
      "apiAddress",
      apiAddress,
      "Virtual from the first day on, so that one server can become three without a new address.",
      true,
    ),
    ...entry("loadBalancerPool", pool === undefined ? undefined : [pool], "For Services of type LoadBalancer."),
    ...entry("floatingIps", [
      ...entry("api", true, "This computer reaches the API by it."),
      ...entry("ingress", hasIngress),
    ]),
    ...portForwardEntries(plan),
  ];
}

/** Applications at node ports are reached by one more floating address, at the same ports. */
function portForwardEntries({ deployment, agents }: OpenstackPlan): readonly Entry[] {
  const { applications, odooExposure } = deployment;
  const forwarded = applications.filter((name) => name !== "odoo" || odooExposure?.by === "nodePort");
  if (forwarded.length === 0) return [];
  const host = agents > 0 ? "agent-1" : "server-1";
  const forwards = forwarded.map((name) => [
    ...entry("externalPort", nodePorts[name], name),
    ...entry("host", host),
    ...entry("internalPort", nodePorts[name]),
  ]);
  return entry("portForwards", forwards, "Ports of one floating address, each led to a node's.");
}

/** Whether a network has room for machines and virtual addresses (pure). */
export function hasRoom(cidr: string): boolean {
  const { first, last } = networkRange(cidr);
  const { pool } = virtualAddresses(cidr);
  return (
    last - first >= 127 && pool !== undefined && addressNumber(pool.split("-")[0] ?? "") > first + lastOffsetOfMachines
  );
}
