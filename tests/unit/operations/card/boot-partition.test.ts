import { describe, expect, it, test } from "vitest";
import { recogniseImage } from "../../../../operations/card/boot-partition.ts";
import { foreignFiles } from "../../../../operations/card/foreign-files.ts";
import { UsageError } from "../../../../operations/errors/usage-error.ts";
import { type Files, images, partition } from "./card-fixture.ts";

const recognised = (files: Files) => recogniseImage("/mnt/card", partition(files));

describe("recogniseImage", () => {
  it.each([
    ["trixie", "Raspberry Pi OS of 2025-12-04", "cloud-init"],
    ["bookworm", "Raspberry Pi OS of 2025-05-13", "custom.toml"],
    ["ubuntu", "Ubuntu", "cloud-init"],
    ["ubuntuInSlots", "Ubuntu", "cloud-init"],
  ] as const)("knows %s as %s, which reads %s", (image, name, format) => {
    expect(recognised(images[image])).toEqual({ name, format });
  });

  it("goes by what bookworm reads, even where somebody put cloud-init's files there", () => {
    const { "user-data": data, "meta-data": meta } = images.trixie;
    expect(recognised({ ...images.bookworm, "user-data": data, "meta-data": meta }).format).toBe("custom.toml");
  });

  const trixieWithout = (file: string) =>
    Object.fromEntries(Object.entries(images.trixie).filter(([name]) => name !== file));
  it.each([
    ["an empty folder", {}],
    ["a folder of seed files", { "user-data": "", "meta-data": "", "network-config": "" }],
    ["one without config.txt", trixieWithout("config.txt")],
    ["one without cmdline.txt", trixieWithout("cmdline.txt")],
    ["one without firmware", { "config.txt": "", "cmdline.txt": "root=/dev/sda2" }],
  ])("refuses %s as no Pi's boot partition", (_what, files) => {
    expect(() => recognised(files)).toThrow(UsageError);
    expect(() => recognised(files)).toThrow(/^\/mnt\/card is not the boot partition .* Fix: mount the card's first/);
  });

  it("refuses by name an image that reads neither, with the fix", () => {
    expect(() => recognised(images.firstTrixie)).toThrow(
      /^Raspberry Pi OS of 2025-10-01 .* reads neither .* Fix: write /,
    );
  });

  it("refuses bookworm that has booted before", () => {
    const booted = { ...images.bookworm, "cmdline.txt": "console=tty1 root=PARTUUID=4e639091-02 rootwait\n" };
    expect(() => recognised(booted)).toThrow(/has booted before/);
  });

  it("refuses Imager 1's own customisation", () => {
    expect(() => recognised({ ...images.bookworm, "firstrun.sh": "#!/bin/bash" })).toThrow(
      /firstrun\.sh.*Fix: write the image again/,
    );
  });
});

describe("foreignFiles", () => {
  test.each(Object.keys(images) as (keyof typeof images)[])("what %s brings may be overwritten", (image) => {
    expect(foreignFiles(images[image], "pi-1")).toEqual([]);
  });

  it.each([
    ["a user of Imager 2", { "user-data": "#cloud-config\nhostname: pi\nusers:\n- name: ann\n" }, ["user-data"]],
    [
      "another password than ubuntu",
      { "user-data": "#cloud-config\nchpasswd:\n  list: ['ubuntu:secret']\n" },
      ["user-data"],
    ],
    ["a script", { "user-data": "#!/bin/sh\necho: [\n" }, ["user-data"]],
    [
      "a Wi-Fi",
      { "network-config": "version: 2\nethernets: {}\nwifis:\n  wlan0:\n    dhcp4: true\n" },
      ["network-config"],
    ],
    [
      "an address",
      { "network-config": "version: 2\nethernets:\n  eth0:\n    addresses: [10.0.0.2/24]\n" },
      ["network-config"],
    ],
    ["keys in the meta-data", { "meta-data": "instance-id: x\npublic-keys: [a]\n" }, ["meta-data"]],
    ["somebody's custom.toml", { "custom.toml": "config_version = 1\n" }, ["custom.toml"]],
    [
      "another host's card",
      { "user-data": "#cloud-config\n# Written by grappe card for pi-2. It holds\nhostname: pi-2\n" },
      ["user-data"],
    ],
  ])("%s may not", (_what, files, foreign) => {
    expect(foreignFiles({ ...images.trixie, ...files }, "pi-1")).toEqual(foreign);
  });

  it("takes its own for its own, whatever they say", () => {
    const own =
      "#cloud-config\n# Written by grappe card for pi-1. It holds the host's private key until the first boot.\nusers: [x]\n";
    expect(foreignFiles({ "user-data": own, "network-config": own, "meta-data": own }, "pi-1")).toEqual([]);
  });
});
