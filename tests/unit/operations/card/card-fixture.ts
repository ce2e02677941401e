import { mkdtempSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CardHost } from "../../../../operations/card/card-host.ts";

/** A host as every test's card describes it. */
export const host: CardHost = {
  name: "pi-1",
  user: "grappe",
  authorizedKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBPjYup0ApdpQoqmiCNiZ0pimAFWvdvPVx1AP4eohe12",
  address: "192.168.1.11",
  prefix: 24,
  gateway: "192.168.1.1",
  nameServers: ["192.168.1.1"],
};

export type Files = Readonly<Record<string, string>>;

const firmware: Files = { "start4.elf": "", "bcm2711-rpi-4-b.dtb": "", "config.txt": "# For more options\n[all]\n" };
const commented = "#cloud-config\n\n# Set the hostname:\n#hostname: raspberrypi\n";

/** What the images' makers put onto the boot partition, as far as it is looked at. */
export const images = {
  trixie: {
    ...firmware,
    "cmdline.txt":
      "console=serial0,115200 console=tty1 root=PARTUUID=9d1ec8ba-02 rootfstype=ext4 fsck.repair=yes rootwait resize\n",
    "issue.txt":
      "Raspberry Pi reference 2025-12-04\nGenerated using pi-gen, https://github.com/RPi-Distro/pi-gen, 0123, stage2\n",
    "user-data": commented,
    "network-config": "# network:\n#  version: 2\n",
    "meta-data": "dsmode: local\ninstance_id: rpios-image\n",
  },
  firstTrixie: {
    ...firmware,
    "cmdline.txt": "console=tty1 root=PARTUUID=9d1ec8ba-02 rootfstype=ext4 rootwait resize\n",
    "issue.txt": "Raspberry Pi reference 2025-10-01\n",
  },
  bookworm: {
    ...firmware,
    "cmdline.txt":
      "console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4 fsck.repair=yes rootwait quiet init=/usr/lib/raspberrypi-sys-mods/firstboot\n",
    "issue.txt": "Raspberry Pi reference 2025-05-13\n",
  },
  ubuntu: {
    ...firmware,
    "cmdline.txt":
      "console=serial0,115200 multipath=off dwc_otg.lpm_enable=0 console=tty1 root=LABEL=writable rootfstype=ext4 rootwait fixrtc\n",
    "user-data":
      "#cloud-config\n\nchpasswd:\n  expire: true\n  users:\n  - name: ubuntu\n    password: ubuntu\n    type: text\nssh_pwauth: false\n",
    "network-config": "network:\n  version: 2\n  ethernets:\n    eth0:\n      dhcp4: true\n      optional: true\n",
    "meta-data": "dsmode: local\ninstance_id: cloud-image\n",
  },
  /** Ubuntu from 26.04 on boots from a folder of its own. */
  ubuntuInSlots: {
    "start4.elf": "",
    "config.txt": "[all]\nos_prefix=current/\n",
    "current/bcm2712-rpi-5-b.dtb": "",
    "current/cmdline.txt": "console=tty1 root=LABEL=writable rootfstype=ext4 rootwait\n",
    "user-data": "#cloud-config\nchpasswd:\n  expire: true\n  list:\n  - ubuntu:ubuntu\nssh_pwauth: true\n",
    "network-config": "version: 2\nethernets:\n  eth0:\n    dhcp4: true\n    optional: true\n",
    "meta-data": "instance_id: cloud-image\n",
  },
} satisfies Readonly<Record<string, Files>>;

/** A partition in memory. */
export const partition = (files: Files) => ({
  paths: new Set([...Object.keys(files), ...Object.keys(files).map((path) => path.split("/")[0] ?? "")]),
  texts: files,
});

/** Folders that are gone when the computer's are. */
export const newFolder = () => mkdtempSync(join(tmpdir(), "grappe-card-"));

/** A mounted boot partition. */
export async function mounted(files: Files): Promise<string> {
  const folder = newFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** A project's folder that holds one stack's file. */
export function project(stackFile: string): string {
  const folder = newFolder();
  writeFileSync(join(folder, "Pulumi.shop.yaml"), stackFile, { mode: 0o640 });
  return folder;
}
