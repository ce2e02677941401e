/** Parts of the platform, and applications, whose images a host takes from a bundle only if the settings want them. */
export const partNames = [
  "barman-cloud",
  "cloudnative-pg",
  "local-path",
  "mailpit",
  "metallb",
  "metrics-server",
  "nfs",
  "odoo",
  "pebble",
  "postgres",
  "registry",
  "traefik",
] as const;

export type PartName = (typeof partNames)[number];
