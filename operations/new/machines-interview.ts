import { RunError } from "@pulumi/pulumi/errors.js";
import ipaddr from "ipaddr.js";
import { addressRange } from "../../components/settings/ipv4.ts";
import { parseAddressList, type SshAddress, sshAddressText } from "../host-keys/address-list.ts";
import { none, readApiAddress, readDhcpRange, readPool } from "./address-questions.ts";
import { type Deployment, nodePorts, type OdooExposure } from "./cluster-settings.ts";
import { askApplications, askCluster, chooseSource, type Source } from "./deployment-questions.ts";
import { addressesOf, addressWindow, proposeAddresses } from "./free-addresses.ts";
import { confirmedHostKeys, type HostKeyOptions } from "./host-key-confirmation.ts";
import type { Interview } from "./interview.ts";
import { askKeyFile } from "./key-question.ts";
import { type Login, type Machine, readMachines, readNeighbours } from "./machine-facts.ts";
import { type CommonNetwork, commonNetworks } from "./machine-networks.ts";
import { machineProblems } from "./machine-problems.ts";
import { chooseServers, type NamedMachine, proposeServerCount } from "./machine-roles.ts";
import { describeMachine, type MachinesPlan } from "./machines-settings.ts";
import { readPrivateKey } from "./ssh-private-key.ts";

/** What an interview comes to: a settings file's plan, and what is written into it encrypted. */
export interface MachinesOutcome {
  readonly plan: MachinesPlan;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Asks for a site of machines, reads what these are, and proposes the rest. Changes nothing anywhere. */
export async function interviewMachines(
  interview: Interview,
  stack: string,
  hostKeys: HostKeyOptions,
): Promise<MachinesOutcome> {
  const source = await chooseSource(interview);
  const addresses = await askAddresses(interview);
  const login = await askLogin(interview);
  const keys = await confirmedHostKeys(interview, addresses, hostKeys);
  const machines = await readMachines(keys, login);
  tellMachines(interview, machines);
  const problems = machineProblems(machines, login);
  if (problems.length > 0) throw new RunError(`${problems.join("\n")}\nNothing was written. Then run this again.`);
  const network = await askNetwork(interview, machines);
  const named = await askServers(interview, machines);
  const place = await askPlace(interview, { network, named, login });
  const deployment = await askDeployment(interview, { source, network, named, pool: place.pool });
  const isPublicRange = ipaddr.IPv4.parse(network.cidr.split("/")[0] ?? "").range() === "unicast";
  return {
    plan: { stack, machines: named, network, isPublicRange, user: login.user, deployment, ...place },
    secrets: { "grappe:sshPrivateKey": login.privateKey },
  };
}

const isCount = (text: string | undefined) => text !== undefined && /^\d+$/.test(text.trim());

/** The machines of `--addresses`, and those that are named as servers or agents. */
async function askAddresses(interview: Interview): Promise<readonly SshAddress[]> {
  const [servers, agents] = [interview.given("servers"), interview.given("agents")];
  const byRole = [isCount(servers) ? undefined : servers, agents].filter((each) => each !== undefined);
  const given = interview.given("addresses");
  if (given !== undefined || byRole.length === 0) {
    const all = await interview.ask({
      option: "addresses",
      message: "Addresses of the machines, such as 192.168.1.11-16",
      read: parseAddressList,
    });
    const known = new Set(all.map(sshAddressText));
    const more = byRole.flatMap(parseAddressList).filter((each) => !known.has(sshAddressText(each)));
    return [...all, ...more];
  }
  return parseAddressList(byRole.join(","));
}

async function askLogin(interview: Interview): Promise<Login> {
  const user = await interview.ask({
    option: "user",
    message: "User who logs in to them, with sudo without a password",
    proposal: "grappe",
    read: (text) => {
      if (/^[a-z_][a-z0-9_.-]{0,31}$/i.test(text)) return text;
      throw new RunError(`${JSON.stringify(text)} is no user's name. Write the one that logs in over SSH.`);
    },
  });
  const keyFile = await askKeyFile(interview);
  return { user, keyFile, privateKey: await readPrivateKey(keyFile, interview.askPassphrase) };
}

function tellMachines(interview: Interview, machines: readonly Machine[]): void {
  const width = Math.max(...machines.map((machine) => sshAddressText(machine).length));
  for (const machine of machines) {
    const kind = machine.facts.container ? ", a container" : "";
    interview.write(
      `  ${sshAddressText(machine).padEnd(width)}  ${machine.facts.hostname}: ${describeMachine(machine)}${kind}`,
    );
  }
}

async function askNetwork(interview: Interview, machines: readonly Machine[]): Promise<CommonNetwork> {
  const networks = commonNetworks(machines);
  const [first] = networks;
  if (first === undefined) {
    const all = machines.map((machine) => {
      const own = machine.facts.interfaces.map(({ name, address, prefix }) => `${address}/${prefix} on ${name}`);
      return `${sshAddressText(machine)} has ${own.join(", ")}`;
    });
    throw new RunError(
      `The machines have no network in common: ${all.join("; ")}. Put them on one, where each has a fixed address.`,
    );
  }
  if (networks.length === 1 && interview.given("network") === undefined) return first;
  return await interview.ask({
    option: "network",
    message: "Network on which the machines talk to each other",
    proposal: first.cidr,
    choices: networks.map(({ cidr, addresses, leadsOut }) => ({
      value: cidr,
      name: `${cidr}: ${addresses.join(", ")}${leadsOut ? ", leads out" : ""}`,
    })),
    read: (text) => {
      const found = networks.find(({ cidr }) => cidr === text.trim());
      if (found !== undefined) return found;
      throw new RunError(
        `The machines aren't all on ${text}; they are on ${networks.map(({ cidr }) => cidr).join(", ")}.`,
      );
    },
  });
}

async function askServers(interview: Interview, machines: readonly Machine[]): Promise<readonly NamedMachine[]> {
  const count = proposeServerCount(machines);
  return await interview.ask({
    option: "servers",
    message:
      count === 3
        ? "How many of them are servers (3 survive the loss of one), or which ones"
        : "How many of them are servers, or which ones",
    proposal: String(count),
    read: (text) => chooseServers(machines, text),
  });
}

interface Place {
  readonly dhcpRange?: string;
  readonly apiAddress?: string;
  readonly pool?: string;
}

interface PlaceRequest {
  readonly network: CommonNetwork;
  readonly named: readonly NamedMachine[];
  readonly login: Login;
}

/** Addresses of the network that will be ours, outside of whatever answers in it. */
async function askPlace(interview: Interview, { network, named, login }: PlaceRequest): Promise<Place> {
  const { cidr, addresses: machines } = network;
  const dhcpRange = await interview.ask({
    option: "dhcp-range",
    message: `Addresses that the DHCP server of ${cidr} gives out (its router shows them), such as 192.168.1.201-192.168.1.249, or ${none}`,
    read: (text) => readDhcpRange(text, cidr, machines),
  });
  const [first] = named;
  if (first === undefined) throw new RunError("There is no machine.");
  const looked = addressesOf(addressWindow({ cidr, machines })).filter((each) => !machines.includes(each));
  interview.write(
    `Looking which of ${looked.length} other addresses of ${cidr} answer, from ${sshAddressText(first.machine)}.`,
  );
  const answered = await readNeighbours(first.machine, login, looked);
  interview.write(answered.length === 0 ? "  none" : `  ${answered.join(", ")}`);
  const gateways = named.map(({ machine }) => machine.facts.gateway).filter((gateway) => gateway !== "");
  const taken = [...new Set([...answered, ...gateways])];
  const held = { cidr, machines, taken, ...(dhcpRange === undefined ? {} : { dhcp: addressRange(dhcpRange) }) };
  const proposed = proposeAddresses(held);
  const servers = named.filter(({ role }) => role === "server").length;
  const apiAddress = await interview.ask({
    option: "api-address",
    message: `Address of the Kubernetes API, which moves to whichever server lives${servers === 1 ? `, or ${none}` : ""}`,
    proposal: proposed.apiAddress ?? (servers === 1 ? none : undefined),
    read: (text) => readApiAddress(text, held, servers),
  });
  const pool = await interview.ask({
    option: "pool",
    message: `Addresses for Services of type LoadBalancer, or ${none}`,
    proposal: proposed.pool ?? none,
    read: (text) => readPool(text, held, apiAddress),
  });
  return { dhcpRange, apiAddress, pool };
}

interface DeploymentRequest {
  readonly source: Source;
  readonly network: CommonNetwork;
  readonly named: readonly NamedMachine[];
  readonly pool: string | undefined;
}

async function askDeployment(
  interview: Interview,
  { source, network, named, pool }: DeploymentRequest,
): Promise<Deployment> {
  const cluster = await askCluster(interview, source.offer, { cidr: network.cidr, kind: "switch" });
  const applications = await askApplications(interview, source);
  const loadBalancer = source.offer.loadBalancer && pool !== undefined;
  const odooExposure: OdooExposure = loadBalancer
    ? { by: "loadBalancer", address: pool.split("-")[0] ?? "" }
    : { by: "nodePort", port: nodePorts.odoo };
  return {
    cluster,
    applications,
    bundle: source.bundle,
    workers: named.length,
    acceptSlowDisk: named.some(({ machine }) => machine.facts.container),
    schedulableServers: true,
    loadBalancer,
    odooExposure,
  };
}
