import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cloudNetwork } from "../host/cloud-container.ts";

const folder = join(import.meta.dirname, "files");

/** Names and addresses of the cloud, by the placeholders of its configuration files. */
export const cloudValues = {
  address: cloudNetwork.address,
  region: "RegionOne",
  adminCloud: "grappe-admin",
  /** Name of the project and of its user. */
  project: "shop",
  physicalNetwork: "provider",
  externalNetwork: "public",
  externalBridge: "br-ex",
  externalSubnet: "198.51.100.0/24",
  externalPrefixLength: "24",
  externalGateway: "198.51.100.1",
  /** Routers' addresses and floating IPs come from here to `externalLast`. */
  externalFirst: "198.51.100.10",
  externalLast: "198.51.100.250",
  computeDriver: "podman.driver.PodmanDriver",
  // Containers share this computer: a flavor's size is a limit, not a reservation.
  cpuAllocationRatio: "16.0",
  ramAllocationRatio: "4.0",
  diskAllocationRatio: "16.0",
} as const;

const newSecret = (): string => randomBytes(24).toString("base64url");

/** Passwords inside a new cloud. */
export function newSecrets() {
  return {
    databasePassword: newSecret(),
    messageBusPassword: newSecret(),
    metadataSecret: newSecret(),
    adminPassword: newSecret(),
    projectPassword: newSecret(),
    glancePassword: newSecret(),
    placementPassword: newSecret(),
    novaPassword: newSecret(),
    neutronPassword: newSecret(),
  };
}

export type CloudSecrets = Readonly<ReturnType<typeof newSecrets>>;

/** A file of the configuration: its path below the root directory and what it says. */
export interface ConfigurationFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Fills (pure) a file's placeholders, `{{name}}`.
 *
 * @throws if a placeholder has no value
 */
export function fillPlaceholders(file: ConfigurationFile, values: Readonly<Record<string, string>>): ConfigurationFile {
  const text = file.text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    assert(value !== undefined, `${file.path}: no value for {{${name}}}.`);
    return value;
  });
  return { path: file.path, text };
}

const ofServicesWithPasswords = /^etc\/(keystone|glance|placement|nova|neutron)\//;

/** The mode (pure) of a configuration file: programs run, and what may hold a password is not for everyone. */
export function modeOf(path: string): number {
  if (/\.(sh|py)$/.test(path)) return 0o755;
  return ofServicesWithPasswords.test(path) ? 0o640 : 0o644;
}

/** The configuration files as they are committed, in the order of their paths. */
export async function configurationTemplates(): Promise<ConfigurationFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return await Promise.all(
    paths.toSorted().map(async (path) => ({ path, text: await readFile(join(folder, path), "utf8") })),
  );
}
