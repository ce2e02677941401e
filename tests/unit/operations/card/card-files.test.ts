import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { sshKeyPairFromSeed } from "../../../../components/host/ssh-key-pair.ts";
import { cardFiles } from "../../../../operations/card/card-files.ts";
import { customToml } from "../../../../operations/card/custom-toml.ts";
import { withMemoryCgroup } from "../../../../operations/card/kernel-command-line.ts";
import { networkConfig } from "../../../../operations/card/network-config.ts";
import { privateHostKeyIn, userData } from "../../../../operations/card/user-data.ts";
import { host, images, partition } from "./card-fixture.ts";

const hostKey = sshKeyPairFromSeed(Buffer.alloc(32, 1).toString("base64"));
const seed = userData(host, hostKey);

describe("user-data", () => {
  it("begins with the line by which cloud-init knows it, and says whose it is", () => {
    expect(seed.split("\n").slice(0, 2)).toEqual([
      "#cloud-config",
      "# Written by grappe card for pi-1. It holds the host's private key until the first boot.",
    ]);
  });

  it("makes the host, its user and nothing that logs in by password; pins the host key", () => {
    expect(parse(seed)).toMatchObject({
      hostname: "pi-1",
      ssh_pwauth: false,
      disable_root: true,
      users: [
        {
          name: "grappe",
          lock_passwd: true,
          sudo: "ALL=(ALL) NOPASSWD:ALL",
          ssh_authorized_keys: [host.authorizedKey],
        },
      ],
      ssh_deletekeys: true,
      ssh_genkeytypes: ["ed25519"],
      ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey },
      apt: { preserve_sources_list: true },
    });
  });

  it("leaves user data behind that says the same host, deletes no host keys and holds no key", () => {
    const [[shell, option, script, , remains]] = parse(seed).runcmd;
    expect([shell, option]).toEqual(["bash", "-c"]);
    expect(script).toContain("shred");
    expect(remains.startsWith("#cloud-config\n# Written by grappe card for pi-1. ")).toBe(true);
    expect(parse(remains)).toEqual({ hostname: "pi-1", ssh_deletekeys: false });
  });

  it("gives its own host's private key back, and no other's", () => {
    expect(privateHostKeyIn(seed, "pi-1")).toBe(hostKey.privateKey);
    expect(privateHostKeyIn(seed, "pi-2")).toBeUndefined();
    expect(privateHostKeyIn(images.trixie["user-data"], "pi-1")).toBeUndefined();
    expect(privateHostKeyIn(parse(seed).runcmd[0][4], "pi-1")).toBeUndefined();
    expect(privateHostKeyIn("#cloud-config\n# Written by grappe card for pi-1.\n: [", "pi-1")).toBeUndefined();
  });
});

describe("network-config", () => {
  it("is netplan's version 2 with the fixed address, the way out and the name servers", () => {
    expect(parse(networkConfig({ ...host, nameServers: ["192.168.1.1", "9.9.9.9"] }))).toEqual({
      network: {
        version: 2,
        ethernets: {
          eth0: {
            match: { name: "e[nt][hd]0" },
            dhcp4: false,
            addresses: ["192.168.1.11/24"],
            routes: [{ to: "0.0.0.0/0", via: "192.168.1.1" }],
            nameservers: { addresses: ["192.168.1.1", "9.9.9.9"] },
          },
        },
      },
    });
  });
});

describe("the kernel's command line", () => {
  const both = "cgroup_memory=1 cgroup_enable=memory";

  it("gets both flags at its end, on one line", () => {
    expect(withMemoryCgroup("console=tty1 root=/dev/sda2 rootwait\n")).toBe(
      `console=tty1 root=/dev/sda2 rootwait ${both}\n`,
    );
    expect(withMemoryCgroup("a b\r\n\r\n")).toBe(`a b ${both}\n`);
    expect(withMemoryCgroup("cgroup_enable=memory a")).toBe("cgroup_enable=memory a cgroup_memory=1\n");
    expect(withMemoryCgroup("cgroup_enable=cpuset")).toBe(`cgroup_enable=cpuset ${both}\n`);
  });

  it("is the same after a second time, and loses no word", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[\w.=/,-]{1,12}$/)),
        fc.constantFrom(" ", "\n", " \r\n"),
        (words, gap) => {
          const once = withMemoryCgroup(words.join(gap));
          expect(withMemoryCgroup(once)).toBe(once);
          expect(once.trimEnd().split(" ").slice(0, words.length)).toEqual(words);
          expect(once.match(/\n/g)).toHaveLength(1);
        },
      ),
    );
  });
});

describe("custom.toml", () => {
  it("says host name, user and key, and no password", () => {
    expect(customToml(host)).toBe(
      [
        "# Written by grappe card for pi-1.",
        "config_version = 1",
        "",
        "[system]",
        'hostname = "pi-1"',
        "",
        "[user]",
        'name = "grappe"',
        "",
        "[ssh]",
        "enabled = true",
        "password_authentication = false",
        `authorized_keys = ["${host.authorizedKey}"]`,
        "",
      ].join("\n"),
    );
  });
});

describe("cardFiles", () => {
  const written = (image: keyof typeof images, format: "cloud-init" | "custom.toml") =>
    cardFiles(format, host, hostKey, partition(images[image]));

  it("gives cloud-init its seed, meta-data last, and only the private key's file privately", () => {
    const files = written("trixie", "cloud-init");
    expect(files.map(({ path }) => path)).toEqual(["cmdline.txt", "user-data", "network-config", "meta-data"]);
    expect(files.filter(({ isPrivate }) => isPrivate).map(({ path }) => path)).toEqual(["user-data"]);
    const holding = files.filter(({ text }) => text.includes("PRIVATE KEY"));
    expect(holding.map(({ path }) => path)).toEqual(["user-data"]);
  });

  it("writes the command line where the firmware reads it", () => {
    expect(written("ubuntuInSlots", "cloud-init").map(({ path }) => path)).toContain("current/cmdline.txt");
  });

  it("names an instance after what is on the card: the same card is the same instance, a changed one another", () => {
    const id = (files: ReturnType<typeof cardFiles>) => parse(files.at(-1)?.text ?? "")["instance-id"];
    const first = id(written("trixie", "cloud-init"));
    expect(first).toMatch(/^grappe-pi-1-[0-9a-f]{12}$/);
    expect(id(written("trixie", "cloud-init"))).toBe(first);
    const moved = cardFiles("cloud-init", { ...host, address: "192.168.1.12" }, hostKey, partition(images.trixie));
    expect(id(moved)).not.toBe(first);
  });

  it("gives bookworm custom.toml, without the host's private key", () => {
    const files = written("bookworm", "custom.toml");
    expect(files.map(({ path }) => path)).toEqual(["cmdline.txt", "custom.toml"]);
    expect(JSON.stringify(files)).not.toContain("PRIVATE KEY");
    expect(files[0]?.text).toContain("init=/usr/lib/raspberrypi-sys-mods/firstboot");
  });
});
