import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi/errors.js";
import { cidr as cidrSchema, dnsName } from "../../components/settings/schema/primitives.ts";
import { CloudApi } from "../../runtime/openstack-api/cloud-api.ts";
import { cloudNames, credentialsOf } from "../../runtime/openstack-api/credentials.ts";
import {
  bastionNeed,
  type CloudOffer,
  describeFlavor,
  type Flavor,
  type Image,
  isKnownImage,
  nodeNeed,
  proposeFlavor,
  proposeImage,
  readCloudOffer,
} from "./cloud-offer.ts";
import { type Deployment, nodePorts, type OdooExposure } from "./cluster-settings.ts";
import { askApplications, askCluster, chooseSource, type Source } from "./deployment-questions.ts";
import type { Interview } from "./interview.ts";
import { askKeyFile } from "./key-question.ts";
import { hasRoom, type OpenstackPlan, virtualAddresses } from "./openstack-settings.ts";
import { readPrivateKey } from "./ssh-private-key.ts";

export interface OpenstackOutcome {
  readonly plan: OpenstackPlan;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Asks for a site in an OpenStack project, asks the cloud what it offers, and proposes the rest. Changes nothing anywhere. */
export async function interviewOpenstack(
  interview: Interview,
  stack: string,
  environment: NodeJS.ProcessEnv,
): Promise<OpenstackOutcome> {
  const source = await chooseSource(interview);
  const cloud = await askCloud(interview, environment);
  interview.write(`Asking the cloud ${cloud} what it offers.`);
  const api = await CloudApi.connect(await credentialsOf({ kind: "openstack", cloud }, undefined, environment));
  const offer = await readCloudOffer(api);
  const { externalNetworks, flavors, images } = offer;
  interview.write(`  ${externalNetworks.length} external networks, ${flavors.length} flavors, ${images.length} images`);
  const externalNetwork = await askExternalNetwork(interview, offer);
  const image = await askImage(interview, offer);
  const flavor = await askFlavor(interview, offer, { image, of: "nodes" });
  const bastionFlavor = await askFlavor(interview, offer, { image, of: "bastion" });
  const { servers, agents } = await askCounts(interview);
  const adminCidrs = await askAdminCidrs(interview);
  const cidr = await askNetwork(interview);
  const keyFile = await askKeyFile(interview);
  const privateKey = await readPrivateKey(keyFile, interview.askPassphrase);
  const deployment = await askDeployment(interview, { source, cidr, servers, agents });
  const user = interview.given("user") ?? "grappe";
  const machines = { flavor, bastionFlavor, image, servers, agents };
  return {
    plan: { stack, cloud, externalNetwork, adminCidrs, user, cidr, ...machines, deployment },
    secrets: { "grappe:sshPrivateKey": privateKey },
  };
}

const choicesOf = (names: readonly string[]) => names.map((value) => ({ value, name: value }));

async function askCloud(interview: Interview, environment: NodeJS.ProcessEnv): Promise<string> {
  const names = await cloudNames(environment);
  if (names.length === 0)
    throw new RunError(
      "There is no clouds.yaml with an entry (./clouds.yaml, ~/.config/openstack/clouds.yaml, or OS_CLIENT_CONFIG_FILE). " +
        "Download it from your cloud (Identity, Application Credentials), and run this again.",
    );
  return await interview.ask({
    option: "cloud",
    message: "Which cloud of clouds.yaml",
    proposal: names.length === 1 ? names[0] : undefined,
    choices: choicesOf(names),
    read: (text) => oneOf(text, names, "clouds.yaml has no entry"),
  });
}

function oneOf(text: string, names: readonly string[], missing: string): string {
  if (names.includes(text)) return text;
  const shown = names.slice(0, 30).join(", ");
  throw new RunError(`${missing} "${text}". Take one of: ${shown}${names.length > 30 ? ", …" : ""}.`);
}

async function askExternalNetwork(interview: Interview, { externalNetworks }: CloudOffer): Promise<string> {
  if (externalNetworks.length === 0)
    throw new RunError(
      "The cloud shows this project no external network: ask who runs it for one that floating addresses come from.",
    );
  return await interview.ask({
    option: "external-network",
    message: "External network that leads out",
    proposal: externalNetworks.length === 1 ? externalNetworks[0] : undefined,
    choices: choicesOf(externalNetworks),
    read: (text) => oneOf(text, externalNetworks, "The cloud has no external network"),
  });
}

async function askImage(interview: Interview, { images }: CloudOffer): Promise<Image> {
  const known = images.filter(isKnownImage);
  const offered = known.length > 0 ? known : images;
  return await interview.ask({
    option: "image",
    message: "Image of the instances (Debian 12 or 13, Ubuntu 22.04 or newer, with cloud-init)",
    proposal: proposeImage(images)?.name,
    choices: offered.map(({ name, architecture }) => ({ value: name, name: `${name} (${architecture})` })),
    read: (text) => {
      const found = images.find(({ name }) => name === text);
      return (
        found ??
        neverOf(
          oneOf(
            text,
            images.map(({ name }) => name),
            "The cloud has no image",
          ),
        )
      );
    },
  });
}

function neverOf(_: string): never {
  assert.fail("an image was found and not found");
}

interface FlavorRequest {
  readonly image: Image;
  readonly of: "nodes" | "bastion";
}

async function askFlavor(interview: Interview, { flavors }: CloudOffer, { image, of }: FlavorRequest): Promise<Flavor> {
  const need = of === "nodes" ? nodeNeed : bastionNeed;
  const described = (flavor: Flavor) => ({ value: flavor.name, name: `${flavor.name}: ${describeFlavor(flavor)}` });
  return await interview.ask({
    option: of === "nodes" ? "flavor" : "bastion-flavor",
    message: of === "nodes" ? "Flavor of servers and agents" : "Flavor of the bastion, which only passes SSH on",
    proposal: proposeFlavor(flavors, need, image)?.name,
    choices: flavors.map(described),
    read: (text) => {
      const found = flavors.find(({ name }) => name === text);
      if (found === undefined)
        return neverOf(
          oneOf(
            text,
            flavors.map(({ name }) => name),
            "The cloud has no flavor",
          ),
        );
      if (found.disk > 0 && found.disk < image.leastDisk)
        throw new RunError(
          `${text} has ${found.disk} GiB of disk; the image ${image.name} needs ${image.leastDisk}. Take a bigger one.`,
        );
      return found;
    },
  });
}

async function askCounts(interview: Interview): Promise<{ readonly servers: number; readonly agents: number }> {
  const servers = await interview.ask({
    option: "servers",
    message: "How many servers (3 survive the loss of one)",
    proposal: "1",
    read: (text) => {
      if (/^[1357]$/.test(text.trim())) return Number(text);
      throw new RunError(`${text} servers: etcd needs a majority of an odd number. Take 1, 3, 5 or 7.`);
    },
  });
  const agents = await interview.ask({
    option: "agents",
    message: "How many agents, for applications only",
    proposal: "2",
    read: (text) => {
      if (/^\d{1,2}$/.test(text.trim())) return Number(text);
      throw new RunError(`${text} agents: write a number from 0 to 99.`);
    },
  });
  return { servers, agents };
}

async function askAdminCidrs(interview: Interview): Promise<readonly string[]> {
  return await interview.ask({
    option: "admin-cidrs",
    message: "Networks that administrators connect from, such as 203.0.113.7/32 (the public address of this computer)",
    read: (text) =>
      text
        .split(/[\s,]+/)
        .filter((each) => each !== "")
        .map((each) => {
          const parsed = cidrSchema.safeParse(each.includes("/") ? each : `${each}/32`);
          if (!parsed.success) throw new RunError(`${each}: ${parsed.error.issues[0]?.message ?? "no network"}.`);
          if (parsed.data === "0.0.0.0/0")
            throw new RunError(
              "0.0.0.0/0 opens SSH and the Kubernetes API to the whole internet. Write your own address.",
            );
          return parsed.data;
        }),
  });
}

async function askNetwork(interview: Interview): Promise<string> {
  return await interview.ask({
    option: "network",
    message: "Network that is made for the instances",
    proposal: "10.20.0.0/24",
    read: (text) => {
      const parsed = cidrSchema.safeParse(text.trim());
      if (!parsed.success) throw new RunError(`${text}: ${parsed.error.issues[0]?.message ?? "no network"}.`);
      if (!hasRoom(parsed.data))
        throw new RunError(`${parsed.data} is too narrow for machines and virtual addresses. Take a /25 or wider.`);
      return parsed.data;
    },
  });
}

interface DeploymentRequest {
  readonly source: Source;
  readonly cidr: string;
  readonly servers: number;
  readonly agents: number;
}

async function askDeployment(
  interview: Interview,
  { source, cidr, servers, agents }: DeploymentRequest,
): Promise<Deployment> {
  const { offer, bundle } = source;
  const cluster = await askCluster(interview, offer, { cidr, kind: "cloud" });
  const applications = await askApplications(interview, source);
  const loadBalancer = offer.loadBalancer;
  const odooExposure = applications.includes("odoo") ? await askExposure(interview, source, cidr) : undefined;
  const schedulableServers = agents === 0;
  const workers = agents + (schedulableServers ? servers : 0);
  return {
    cluster,
    applications,
    bundle,
    workers,
    acceptSlowDisk: false,
    schedulableServers,
    loadBalancer,
    odooExposure,
  };
}

async function askExposure(interview: Interview, { offer }: Source, cidr: string): Promise<OdooExposure> {
  const ingressAddress = virtualAddresses(cidr).pool?.split("-")[0];
  if (!offer.ingress || !offer.loadBalancer || ingressAddress === undefined)
    return { by: "nodePort", port: nodePorts.odoo };
  const host = await interview.ask({
    option: "host",
    message: "Name at which Odoo is reached",
    proposal: "odoo.grappe.test",
    read: (text) => {
      const parsed = dnsName.safeParse(text.trim());
      if (parsed.success) return parsed.data;
      throw new RunError(`${text}: ${parsed.error.issues[0]?.message ?? "no name"}.`);
    },
  });
  return { by: "ingress", host, ingressAddress };
}
