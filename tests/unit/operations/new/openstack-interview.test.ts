import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newSshKeyPair } from "../../../../components/host/ssh-key-pair.ts";
import { checkStackFile } from "../../../../operations/new/check-stack-file.ts";
import { proposeFlavor, proposeImage } from "../../../../operations/new/cloud-offer.ts";
import { applicationNames, chooseCluster, publishers } from "../../../../operations/new/cluster-choice.ts";
import { Interview, type Person } from "../../../../operations/new/interview.ts";
import { interviewOpenstack } from "../../../../operations/new/openstack-interview.ts";
import {
  hasRoom,
  type OpenstackPlan,
  openstackStackFile,
  virtualAddresses,
} from "../../../../operations/new/openstack-settings.ts";
import { emptyCloud } from "../../../../rehearsal/world/cloud/cloud.ts";
import { type OpenstackHttp, serveOpenstack } from "../../../rehearsal/openstack-http.ts";
import { ScriptedPerson } from "./scripted-person.ts";

const cloud = emptyCloud({
  images: ["cirros-0.6", "Debian 12 (bookworm)", "debian-13-genericcloud", "Ubuntu 24.04", "windows-2022"],
  flavors: ["m1.large", "m1.tiny", "m1.medium", "m1.small"],
  disks: { "m1.tiny": 5, "m1.large": 80 },
  zones: [],
  externalNetworks: ["public"],
});

let folder: string;
let openstack: OpenstackHttp;
let environment: NodeJS.ProcessEnv;
let keyFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "grappe-cloud-"));
  openstack = await serveOpenstack(cloud);
  const clouds = join(folder, "clouds.yaml");
  await writeFile(clouds, openstack.clouds);
  environment = { OS_CLIENT_CONFIG_FILE: clouds };
  keyFile = join(folder, "key");
  await writeFile(keyFile, newSshKeyPair().privateKey);
});
afterEach(async () => {
  openstack.close();
  await rm(folder, { recursive: true });
});

function interviewed(given: Readonly<Record<string, string>>, person?: Person) {
  const interview = new Interview({ given, person, write: () => undefined });
  return interviewOpenstack(interview, "dev", environment);
}

const whole = () => ({ cloud: "grappe", "admin-cidrs": "203.0.113.7", key: keyFile });

describe("a new stack on OpenStack", () => {
  it("is proposed out of what the cloud offers, and passes schema and rules", async () => {
    const { plan, secrets } = await interviewed(whole());
    const text = openstackStackFile(plan);
    expect(text).toMatchSnapshot();
    const { site, hosts } = checkStackFile({ stack: "dev", text, secrets });
    if (site.kind !== "openstack") throw new Error("another kind");
    expect(site).toMatchObject({
      externalNetwork: "public",
      adminCidrs: ["203.0.113.7/32"],
      servers: { flavor: "m1.medium", image: "debian-13-genericcloud" },
      bastion: { flavor: "m1.tiny" },
    });
    expect(hosts.map(({ name }) => name)).toEqual(["server-1", "agent-1", "agent-2"]);
  });

  it("asks a person, with the cloud's own names to choose from", async () => {
    const person = new ScriptedPerson([
      [/SSH private key/, keyFile],
      [/^Networks that administrators/, "198.51.100.0/24"],
      [/^How many servers/, "3"],
      [/^How many agents/, "0"],
      [/^Applications/, "odoo, calculator"],
      [/^Name at which/, "shop.example.org"],
    ]);
    const { plan, secrets } = await interviewed({}, person);
    const { hosts, apps, cluster } = checkStackFile({ stack: "dev", text: openstackStackFile(plan), secrets });
    expect(hosts).toHaveLength(3);
    expect(cluster.schedulableServers).toBe(true);
    expect(apps.odoo?.expose).toEqual({ by: "ingress", host: "shop.example.org" });
    const flavors = person.asked.find(({ message }) => message.startsWith("Flavor of servers"));
    expect(flavors?.choices?.map(({ value }) => value)).toEqual(["m1.tiny", "m1.small", "m1.medium", "m1.large"]);
    const images = person.asked.find(({ message }) => message.startsWith("Image"));
    expect(images?.choices?.map(({ value }) => value)).toEqual([
      "Debian 12 (bookworm)",
      "debian-13-genericcloud",
      "Ubuntu 24.04",
    ]);
  });

  it.each([
    ["cloud", "other", /--cloud: clouds\.yaml has no entry "other"\. Take one of: grappe/],
    ["external-network", "private", /--external-network: .*"private"\. Take one of: public/],
    ["flavor", "m1.huge", /--flavor: .*"m1\.huge"\. Take one of: m1\.tiny/],
    ["image", "arch", /--image: .*"arch"/],
    ["admin-cidrs", "0.0.0.0/0", /--admin-cidrs: 0\.0\.0\.0\/0 opens SSH/],
    ["admin-cidrs", "203.0.113.7/24", /--admin-cidrs: .*not an IPv4 network/],
    ["servers", "2", /--servers: 2 servers: etcd/],
    ["network", "10.20.0.0/28", /--network: .*too narrow/],
    ["host", "odoo", /--host: odoo: not a DNS name/],
  ])("refuses --%s %s in one sentence", async (option, text, expected) => {
    await expect(interviewed({ ...whole(), [option]: text })).rejects.toThrow(expected);
  });

  it("says what is missing", async () => {
    const { "admin-cidrs": _, ...without } = whole();
    await expect(interviewed(without)).rejects.toThrow(/--admin-cidrs is missing/);
    environment = { OS_CLIENT_CONFIG_FILE: join(folder, "gone.yaml") };
    await expect(interviewed(whole())).rejects.toThrow(/no clouds\.yaml with an entry/);
  });

  it("passes schema and rules for whatever is chosen", () => {
    const secrets = { "grappe:sshPrivateKey": newSshKeyPair().privateKey };
    const flavor = { name: "f", vcpus: 2, ram: 4096, disk: 20 };
    const plans = fc.record({
      servers: fc.constantFrom(1, 3, 5, 7),
      agents: fc.integer({ min: 0, max: 12 }),
      prefix: fc.integer({ min: 16, max: 25 }),
      range: fc.constantFrom("10.20.0.0", "10.42.0.0", "10.43.0.0", "192.168.0.0"),
      distribution: fc.constantFrom("k3s" as const, "kubeadm" as const),
      applications: fc.subarray([...applicationNames]),
      disk: fc.constantFrom(0, 20),
      ingress: fc.boolean(),
    });
    fc.assert(
      fc.property(plans, ({ servers, agents, prefix, range, distribution, applications, disk, ingress }) => {
        const cidr = `${range}/${prefix}`;
        expect(hasRoom(cidr)).toBe(true);
        const ingressAddress = virtualAddresses(cidr).pool?.split("-")[0] ?? "";
        const plan: OpenstackPlan = {
          ...{
            stack: "dev",
            cloud: "grappe",
            externalNetwork: "public",
            adminCidrs: ["203.0.113.0/24"],
            user: "grappe",
          },
          ...{ cidr, servers, agents, flavor: { ...flavor, disk }, bastionFlavor: flavor },
          image: { name: "debian-12", leastDisk: 2, architecture: "amd64" },
          deployment: {
            cluster: chooseCluster(distribution, publishers, { cidr, kind: "cloud" }),
            ...{ applications, acceptSlowDisk: false, loadBalancer: true, schedulableServers: agents === 0 },
            workers: agents === 0 ? servers : agents,
            odooExposure: ingress
              ? { by: "ingress", host: "odoo.example.org", ingressAddress }
              : { by: "nodePort", port: 30069 },
          },
        };
        const { hosts } = checkStackFile({ stack: "dev", text: openstackStackFile(plan), secrets });
        expect(hosts).toHaveLength(servers + agents);
      }),
      { numRuns: 60 },
    );
  });
});

describe("what is proposed of an offer", () => {
  const image = { name: "debian-12", leastDisk: 10, architecture: "amd64" as const };
  const flavors = [
    { name: "tiny", vcpus: 1, ram: 512, disk: 1 },
    { name: "volume", vcpus: 2, ram: 4096, disk: 0 },
    { name: "medium", vcpus: 2, ram: 8192, disk: 40 },
  ];

  it("is the smallest flavor that does, whose disk the image fits on; else the biggest", () => {
    expect(proposeFlavor(flavors, { vcpus: 2, ram: 4000, disk: 20 }, image)?.name).toBe("volume");
    expect(proposeFlavor(flavors, { vcpus: 1, ram: 400, disk: 1 }, image)?.name).toBe("volume");
    expect(proposeFlavor(flavors, { vcpus: 1, ram: 400, disk: 1 }, undefined)?.name).toBe("tiny");
    expect(proposeFlavor(flavors, { vcpus: 8, ram: 4000, disk: 20 }, image)?.name).toBe("medium");
    expect(proposeFlavor([], { vcpus: 8, ram: 4000, disk: 20 }, image)).toBeUndefined();
  });

  it("is the newest Debian, else the newest Ubuntu", () => {
    const named = (...names: readonly string[]) => proposeImage(names.map((name) => ({ ...image, name })))?.name;
    expect(named("ubuntu-24.04", "debian-12", "Debian 13 trixie")).toBe("Debian 13 trixie");
    expect(named("ubuntu-22.04-server", "Ubuntu 24.04 LTS", "fedora-44")).toBe("Ubuntu 24.04 LTS");
    expect(named("debian-11", "windows-2022")).toBeUndefined();
  });
});
