import { z } from "zod";
import type { Configuration } from "../../lab/stack/lab-settings.ts";

const site = z.looseObject({ hosts: z.array(z.looseObject({ name: z.string() })) });
const plain = z.looseObject({});
const apps = z.looseObject({ edge: z.looseObject({}) });
const shop = z.looseObject({ odoo: z.looseObject({}) });

/** Odoo behind the ingress, by a name. */
export function withOdooAt(host: string): (configuration: Configuration) => Configuration {
  return (configuration) => {
    const parsed = shop.parse(configuration["grappe:apps"]);
    const odoo = { ...parsed.odoo, expose: { by: "ingress", host } };
    return { ...configuration, "grappe:apps": { ...parsed, odoo } };
  };
}

export function withAuthority(authority: "own" | "pebble"): (configuration: Configuration) => Configuration {
  return (configuration) => {
    const parsed = plain.parse(configuration["grappe:platform"]);
    return { ...configuration, "grappe:platform": { ...parsed, certificates: { authority } } };
  };
}

/** Takes hosts out of the settings; the machines stay. */
export function withoutHosts(...names: readonly string[]): (configuration: Configuration) => Configuration {
  return (configuration) => {
    const parsed = site.parse(configuration["grappe:site"]);
    return {
      ...configuration,
      "grappe:site": { ...parsed, hosts: parsed.hosts.filter(({ name }) => !names.includes(name)) },
    };
  };
}

/** Pins another key for a host than it has. */
export function withHostKey(host: string, hostKey: string): (configuration: Configuration) => Configuration {
  return (configuration) => {
    const parsed = site.parse(configuration["grappe:site"]);
    const hosts = parsed.hosts.map((entry) => (entry.name === host ? { ...entry, hostKey } : entry));
    return { ...configuration, "grappe:site": { ...parsed, hosts } };
  };
}

/** So many pods of the edge application as small machines have room for. */
export function withEdgeReplicas(replicas: number): (configuration: Configuration) => Configuration {
  return (configuration) => {
    const parsed = apps.parse(configuration["grappe:apps"]);
    return { ...configuration, "grappe:apps": { ...parsed, edge: { ...parsed.edge, replicas } } };
  };
}

export function withEdgeAt(place: string): (configuration: Configuration) => Configuration {
  return (configuration) => {
    const parsed = apps.parse(configuration["grappe:apps"]);
    return { ...configuration, "grappe:apps": { ...parsed, edge: { ...parsed.edge, placement: { PoP: place } } } };
  };
}

const greeter = `
const { readFileSync } = require("node:fs");
const page = readFileSync("/etc/greeter/page", "utf8");
require("node:http").createServer((_, answer) => answer.end(page + process.env.WHOM + process.env.PASSWORD.length)).listen(8080);
`;

/** An application that only the settings know, with a variable, a file and a generated password, at a port of the nodes. */
export function withGreeter(port: number): (configuration: Configuration) => Configuration {
  return (configuration) => {
    const parsed = plain.parse(configuration["grappe:apps"]);
    const app = {
      kind: "workload",
      // Every bundle of the small lab has it; its own program isn't run.
      image: "grappe.local/calculator:1.0.0",
      command: ["node", "-e", greeter],
      port: 8080,
      environment: { WHOM: "world" },
      files: { "/etc/greeter/page": "Hello, " },
      secrets: { PASSWORD: { generate: "password" } },
      readOnlyRootFilesystem: true,
      resources: { cpu: "20m", memory: "96Mi" },
      expose: { by: "nodePort", port },
    };
    return { ...configuration, "grappe:apps": { ...parsed, greeter: app } };
  };
}

/** Other settings of Odoo, each in place of what it was. */
export function withOdoo(settings: object): (configuration: Configuration) => Configuration {
  return (configuration) => {
    const parsed = shop.parse(configuration["grappe:apps"]);
    return { ...configuration, "grappe:apps": { ...parsed, odoo: { ...parsed.odoo, ...settings } } };
  };
}

/** The kernel's NFS server on a host, and the class that makes volumes of it. */
export function withNfs(host: string, path: string): (configuration: Configuration) => Configuration {
  return (configuration) => {
    const platform = plain.parse(configuration["grappe:platform"]);
    const storage = { nfs: { kind: "server", host, path }, onDelete: "archive" };
    return { ...configuration, "grappe:platform": { ...platform, storage } };
  };
}

/** The applications' databases are saved to a bucket, to within seconds. */
export function withBackup(s3: object): (configuration: Configuration) => Configuration {
  return (configuration) => {
    const platform = plain.parse(configuration["grappe:platform"]);
    const backup = { s3, recoveryPointSeconds: 5 };
    return { ...configuration, "grappe:platform": { ...platform, backup } };
  };
}

/** Without Odoo. */
export function withoutOdoo(configuration: Configuration): Configuration {
  const { odoo: _, ...others } = shop.parse(configuration["grappe:apps"]);
  return { ...configuration, "grappe:apps": others };
}
