import { cp, readdir, readFile, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { newSshKeyPair } from "../../../../components/host/ssh-key-pair.ts";
import { publicKeyOf } from "../../../../components/settings/ssh-key.ts";
import { type CardRequest, writeCard } from "../../../../operations/card/card.ts";
import { privateHostKeyIn } from "../../../../operations/card/user-data.ts";
import { exitCodes } from "../../../../operations/errors/exit-codes.ts";
import { host, images, mounted, newFolder, project } from "./card-fixture.ts";

const twin = newSshKeyPair().publicKey;

const stackFile = (machine = "") => `# The shop's machines.
encryptionsalt: v1:abc
config:
  grappe:sshPrivateKey:
    secure: v1:xyz
  grappe:site:
    kind: machines
    network: 192.168.1.0/24 # the LAN
    user: grappe
    hosts:
      # On the shelf.
      - name: pi-1
        role: server
        address: 192.168.1.11${machine}
      - name: pi-2 # in the cellar
        role: agent
        address: 192.168.1.12
        hostKey: ${twin}
  # Not read by the card.
  grappe:cluster: { distribution: k3s, version: v1.36.5+k3s1 }
`;

let boot: string;
let request: CardRequest;

const fileOf = async (name: string) => await readFile(join(boot, name), "utf8");
const settings = async () => await readFile(join(request.project, "Pulumi.shop.yaml"), "utf8");
const pinned = async (): Promise<string | undefined> => parse(await settings()).config["grappe:site"].hosts[0].hostKey;

beforeEach(async () => {
  boot = await mounted(images.trixie);
  request = {
    project: project(stackFile()),
    stack: "shop",
    host: "pi-1",
    boot,
    authorizedKey: async () => host.authorizedKey,
    force: false,
    newHostKey: false,
  };
});

/** What is refused, and that nothing was touched by it. */
async function refusal(changes: Partial<CardRequest> = {}): Promise<string> {
  const before = await Promise.all([settings(), ...(await readdir(boot)).map(fileOf)]);
  const error: unknown = await writeCard({ ...request, ...changes }).catch((reason: unknown) => reason);
  expect(await Promise.all([settings(), ...(await readdir(boot)).map(fileOf)])).toEqual(before);
  expect(error).toBeInstanceOf(RunError);
  expect(error).toHaveProperty("exitCode", exitCodes.refused);
  return error instanceof Error ? error.message : "";
}

describe("writeCard", () => {
  it("writes the card and pins its key; the private half is on the card alone", async () => {
    const result = await writeCard(request);
    expect(result).toMatchObject({
      image: "Raspberry Pi OS of 2025-12-04",
      user: "grappe",
      address: "192.168.1.11",
      remaining: [],
    });
    expect(result.written).toEqual([
      "cmdline.txt",
      "user-data",
      "network-config",
      "meta-data",
      join(request.project, "Pulumi.shop.yaml"),
    ]);
    const privateKey = privateHostKeyIn(await fileOf("user-data"), "pi-1") ?? "";
    expect(await pinned()).toBe(publicKeyOf(privateKey));
    expect(result.fingerprint).toMatch(/^SHA256:/);
    expect(await settings()).not.toContain("PRIVATE KEY");
    expect(JSON.stringify(result)).not.toContain("PRIVATE KEY");
    expect((await stat(join(boot, "user-data"))).mode & 0o777).toBe(0o600);
    expect(await fileOf("cmdline.txt")).toMatch(/^[^\n]* cgroup_memory=1 cgroup_enable=memory\n$/);
    expect(parse(await fileOf("network-config")).network.ethernets.eth0.routes).toEqual([
      { to: "0.0.0.0/0", via: "192.168.1.1" },
    ]);
    expect((await readdir(boot)).filter((name) => name.endsWith(".new"))).toEqual([]);
  });

  it("changes nothing else in the settings, comments and modes included", async () => {
    await writeCard(request);
    expect(await settings()).toBe(
      stackFile(`
        hostKey: ${await pinned()}`),
    );
    expect((await stat(join(request.project, "Pulumi.shop.yaml"))).mode & 0o777).toBe(0o640);
  });

  it("changes nothing the second time", async () => {
    await writeCard(request);
    const before = [await settings(), await fileOf("user-data"), await fileOf("meta-data")];
    expect((await writeCard(request)).written).toEqual([]);
    expect([await settings(), await fileOf("user-data"), await fileOf("meta-data")]).toEqual(before);
  });

  it("keeps the key when the address changes", async () => {
    await writeCard(request);
    const key = await pinned();
    const moved = (await settings()).replace("192.168.1.11", "192.168.1.21");
    const result = await writeCard({ ...request, project: project(moved) });
    expect(result.written).toEqual(["network-config", "meta-data"]);
    expect(publicKeyOf(privateHostKeyIn(await fileOf("user-data"), "pi-1") ?? "")).toBe(key);
  });

  it("pins the card's key where it is on the card but not in the settings: a run that was killed in between", async () => {
    await writeCard(request);
    const key = await pinned();
    const again = { ...request, project: project(stackFile()) };
    expect((await writeCard(again)).written).toEqual([join(again.project, "Pulumi.shop.yaml")]);
    expect(await readFile(join(again.project, "Pulumi.shop.yaml"), "utf8")).toContain(key);
  });

  it("refuses to replace a pinned key that isn't on the card; does it when asked", async () => {
    const other = newSshKeyPair().publicKey;
    request = { ...request, project: project(stackFile(`\n        hostKey: ${other} # read on Monday`)) };
    expect(await refusal()).toMatch(
      /pi-1: the settings pin a host key whose private half isn't on this card\. Fix: .*--new-host-key/,
    );
    await writeCard({ ...request, newHostKey: true });
    expect(await pinned()).not.toBe(other);
    expect(await pinned()).toBe(publicKeyOf(privateHostKeyIn(await fileOf("user-data"), "pi-1") ?? ""));
    expect(await settings()).toContain("# read on Monday");
  });

  it("leaves a card alone that has booted, as its key is no longer on it", async () => {
    await writeCard(request);
    const remains = parse(await fileOf("user-data")).runcmd[0][4];
    boot = await mounted({ ...images.trixie, "user-data": remains });
    request = { ...request, boot };
    expect(await refusal()).toMatch(/isn't on this card/);
  });

  it("takes bookworm as far as it goes, and says what is left", async () => {
    boot = await mounted(images.bookworm);
    const result = await writeCard({ ...request, boot });
    expect(result.written).toEqual(["cmdline.txt", "custom.toml"]);
    expect(result.fingerprint).toBeUndefined();
    expect(await pinned()).toBeUndefined();
    expect(result.remaining.join("\n")).toMatch(
      /fixed address 192\.168\.1\.11 in your router[\s\S]*Pin pi-1's host key/,
    );
  });

  it("refuses what others wrote there, and overwrites it when asked", async () => {
    boot = await mounted({ ...images.trixie, "user-data": "#cloud-config\nhostname: mine\n" });
    request = { ...request, boot };
    expect(await refusal()).toMatch(/holds user-data that neither its image brought .* --force/);
    await writeCard({ ...request, force: true });
    expect(await fileOf("user-data")).toContain("hostname: pi-1");
  });

  it("refuses another host's card: two hosts never have one key", async () => {
    await writeCard(request);
    expect(await refusal({ host: "pi-2", newHostKey: true })).toMatch(/another host's card/);
    await writeCard({ ...request, host: "pi-2", newHostKey: true, force: true });
    const { hosts } = parse(await settings()).config["grappe:site"];
    expect(hosts[1].hostKey).not.toBe(hosts[0].hostKey);
  });

  it("refuses a folder that isn't a card, and one that isn't there", async () => {
    boot = newFolder();
    expect(await refusal({ boot })).toMatch(/is not the boot partition/);
    expect(await refusal({ boot: "/nowhere/at/all" })).toMatch(/\/nowhere\/at\/all can't be read .* Fix: mount/);
  });

  it("refuses what this computer boots from, by whatever name", async () => {
    const link = join(newFolder(), "card");
    await symlink("/boot", link);
    expect(await refusal({ boot: link })).toMatch(/is what this computer itself boots from/);
  });

  it.each([
    ["an unknown host", {}, { host: "pi-9" }, /has no pi-9\. Fix: name one of pi-1, pi-2/],
    ["an unknown stack", {}, { stack: "other" }, /There is no stack other: .* \.\/grappe new other/],
    ["a user's name with a quote", { user: "an'n" }, {}, /hosts\[0\]\.user[\s\S]*fix:/],
    [
      "a user's name that useradd may refuse",
      { user: "Ann" },
      {},
      /`user` is "Ann", no name for a user that is to be made/,
    ],
    ["root", { user: "root" }, {}, /`user` is root/],
    ["a group of the system", { user: "staff" }, {}, /`user` is staff, a user or group that the system has itself/],
    ["another port", { port: 2222 }, {}, /`port` is 2222/],
    ["another processor", { architecture: "amd64" }, {}, /`architecture` .* write arm64/],
    ["two addresses", { address: "10.0.0.9", privateAddress: "192.168.1.11" }, {}, /`privateAddress` is not `address`/],
    [
      "an address outside of the network",
      { address: "192.168.2.11" },
      {},
      /hosts\[0\]\.address[\s\S]*outside of 192\.168\.1\.0\/24/,
    ],
    [
      "the router's own address",
      { address: "192.168.1.1" },
      {},
      /taken for the router's\. Fix: .*grappe:site\.gateway/,
    ],
    ["a name that is no host name", { name: "pi_1" }, { host: "pi_1" }, /hosts\[0\]\.name[\s\S]*not a DNS label/],
  ])("refuses %s before anything is touched", async (_what, machine, changes, message) => {
    const document = parse(stackFile());
    Object.assign(document.config["grappe:site"].hosts[0], machine);
    request = { ...request, project: project(JSON.stringify(document)) };
    expect(await refusal(changes)).toMatch(message);
  });

  it("refuses a stack on OpenStack", async () => {
    const folder = newFolder();
    await cp("Pulumi.dev.yaml", join(folder, "Pulumi.shop.yaml"));
    request = { ...request, project: folder };
    expect(await refusal()).toMatch(/on OpenStack, whose instances have no cards/);
  });

  it("takes the way out and the name servers from the settings", async () => {
    const text = stackFile().replace(
      "    user: grappe",
      "    gateway: 192.168.1.254\n    nameServers: [9.9.9.9, 1.1.1.1]\n    user: grappe",
    );
    await writeCard({ ...request, project: project(text) });
    const { eth0 } = parse(await fileOf("network-config")).network.ethernets;
    expect(eth0.routes[0].via).toBe("192.168.1.254");
    expect(eth0.nameservers.addresses).toEqual(["9.9.9.9", "1.1.1.1"]);
  });
});
