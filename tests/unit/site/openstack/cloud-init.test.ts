import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { sshKeyPairFromSeed } from "../../../../components/host/ssh-key-pair.ts";
import { cloudInit } from "../../../../components/site/openstack/cloud-init.ts";

const hostKey = sshKeyPairFromSeed(Buffer.alloc(32, 1).toString("base64"));
const text = cloudInit({ hostname: "server-1", user: "grappe", authorizedKey: "ssh-ed25519 AAAA me\n", hostKey });

describe("cloudInit", () => {
  it("begins with the line by which cloud-init knows it", () => {
    expect(text.split("\n")[0]).toBe("#cloud-config");
  });

  it("creates the user with its key and sudo, and lets nobody in by password", () => {
    expect(parse(text)).toMatchObject({
      hostname: "server-1",
      ssh_pwauth: false,
      disable_root: true,
      users: [
        {
          name: "grappe",
          lock_passwd: true,
          sudo: "ALL=(ALL) NOPASSWD:ALL",
          ssh_authorized_keys: ["ssh-ed25519 AAAA me"],
        },
      ],
    });
  });

  it("lets the first boot load nothing: the site's proxy comes with the preparation", () => {
    const loading = [
      "apt",
      "packages",
      "package_update",
      "package_upgrade",
      "snap",
      "runcmd",
      "bootcmd",
      "ssh_import_id",
    ];
    expect(Object.keys(parse(text)).filter((key) => loading.includes(key))).toEqual([]);
  });

  it("pins the host key, byte for byte, and removes the image's", () => {
    expect(parse(text)).toMatchObject({
      ssh_deletekeys: true,
      ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey },
    });
  });
});
