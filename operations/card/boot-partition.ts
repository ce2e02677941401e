import { UsageError } from "../errors/usage-error.ts";

/** What of a card's boot partition tells which image is on it. */
export interface BootPartition {
  /** Paths of the files and folders at its top and in `current/`, such as `config.txt` and `current/cmdline.txt`. */
  readonly paths: ReadonlySet<string>;
  /** The texts of those in `textFiles` that are there. */
  readonly texts: Readonly<Record<string, string>>;
}

/** What an image reads at its first boot. */
export type FirstBootFormat = "cloud-init" | "custom.toml";

export interface BootImage {
  /** Such as `Raspberry Pi OS of 2025-12-04`. */
  readonly name: string;
  readonly format: FirstBootFormat;
}

/**
 * Where the firmware may find the kernel's command line. Ubuntu 26.04 keeps what it boots from in `current/`
 * (`os_prefix=current/` in config.txt), and doesn't read the one at the top.
 */
export const commandLineFiles = ["current/cmdline.txt", "cmdline.txt"] as const;

/** The files whose texts are looked at. */
export const textFiles = [
  ...commandLineFiles,
  "config.txt",
  "issue.txt",
  "user-data",
  "meta-data",
  "network-config",
  "custom.toml",
] as const;

/**
 * Tells (pure) which image is on a boot partition and what it reads at its first boot.
 *
 * - Ubuntu's images for the Pi and Raspberry Pi OS from 2025-11-24 on (trixie; Raspberry Pi Imager 2 knows them as
 *   `cloudinit-rpi`) have cloud-init, whose NoCloud source reads `user-data`, `meta-data` and `network-config` there. They
 *   bring these files as examples; the first trixie, of 2025-10-01, has cloud-init but not the files, and doesn't read them:
 *   github.com/RPi-Distro/pi-gen, `stage2/04-cloud-init` (commits e4640531 and cb05dfcc) and
 *   github.com/raspberrypi/rpi-imager, `doc/os_customisation_formats.md`.
 * - Raspberry Pi OS from 2022-09 to bookworm starts `raspberrypi-sys-mods/firstboot` once, which reads `custom.toml`:
 *   github.com/RPi-Distro/raspberrypi-sys-mods, branch bookworm.
 *
 * @throws UsageError for a folder that isn't a Pi's boot partition, and for an image that reads neither
 */
export function recogniseImage(folder: string, { paths, texts }: BootPartition): BootImage {
  const commandLine = commandLineFiles.map((file) => texts[file]).find((text) => text !== undefined);
  const firmware = [...paths].some((path) =>
    /^(start\w*\.elf|bootcode\.bin|overlays|(current\/)?bcm27.*\.dtb)$/.test(path),
  );
  if (commandLine === undefined || texts["config.txt"] === undefined || !firmware) {
    throw new UsageError(
      `${folder} is not the boot partition of a Raspberry Pi: it lacks config.txt, cmdline.txt or the firmware. Fix: mount the ` +
        "card's first partition (FAT, its label is bootfs or system-boot) and name that folder.",
    );
  }
  const name = nameOf(commandLine, texts["issue.txt"]);
  if (paths.has("firstrun.sh")) {
    throw new UsageError(
      `${folder} holds Raspberry Pi Imager's own customisation (firstrun.sh), which would undo ours. Fix: write the image again and ` +
        "answer No where Imager offers to customise it.",
    );
  }
  if (/ init=\S*\/raspberrypi-sys-mods\/firstboot\b/.test(` ${commandLine}`)) return { name, format: "custom.toml" };
  if (paths.has("user-data") && paths.has("meta-data")) return { name, format: "cloud-init" };
  throw new UsageError(
    `${name} on ${folder} reads neither cloud-init's files nor custom.toml from there, or has booted before. Fix: write Raspberry Pi ` +
      "OS Lite (64-bit) of 2025-11-24 or later, or Ubuntu Server for the Pi, without customising it in Imager.",
  );
}

function nameOf(commandLine: string, issue: string | undefined): string {
  const date = issue?.match(/Raspberry Pi reference (\d{4}-\d{2}-\d{2})/)?.[1];
  if (date !== undefined) return `Raspberry Pi OS of ${date}`;
  return /\broot=LABEL=writable\b/.test(commandLine) ? "Ubuntu" : "An image without a name";
}
