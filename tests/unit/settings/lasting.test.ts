import { describe, expect, it } from "vitest";
import type { Chosen } from "../../../components/settings/lasting/lasting-choice.ts";
import { lastingChoices, lastingProblems, madeWith } from "../../../components/settings/lasting/made-with.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import type { Problem } from "../../../components/settings/problem.ts";
import { type Config, change, everySecret, stackConfig, stackFileConfig } from "./stack-files.ts";

const choicesOf = (config: Config) => lastingChoices(parseSettings(stackConfig(config, everySecret)));

/** What is refused of a stack that was made with some settings, and is to be as others say. */
function refused(before: Config, after: Config): readonly Problem[] {
  return lastingProblems(choicesOf(after), madeWith(choicesOf(before)));
}

type Changes = Readonly<Record<string, unknown>>;
const pi = (changes: Changes) => change(stackFileConfig("pi"), changes);
const dev = (changes: Changes) => change(stackFileConfig("dev"), changes);

/** A list of a site's settings. */
function listOf(config: Config, name: string): readonly unknown[] {
  const site = config["grappe:site"];
  const list: unknown = typeof site === "object" && site !== null ? Reflect.get(site, name) : undefined;
  return Array.isArray(list) ? list : [];
}

/** Two settings that differ in the authority. */
const ownAuthority = (...[before, after]: readonly string[]): [Config, Config] => [
  dev({ "platform.certificates": { authority: before } }),
  dev({ "platform.certificates": { authority: after } }),
];

const pathsOf = (problems: readonly Problem[]) => problems.map(({ path }) => path);

describe("what a stack was made with", () => {
  it("is remembered by keys that are each one's own, without secrets", () => {
    for (const config of [pi({}), dev({})]) {
      const choices = choicesOf(config);
      expect(new Set(choices.map(({ key }) => key)).size).toBe(choices.length);
      expect(JSON.stringify(madeWith(choices))).not.toMatch(/PRIVATE|[":]secret/);
      expect(refused(config, config)).toEqual([]);
    }
  });

  it("isn't judged where nothing is remembered: of a new stack, of a new application, of a new machine", () => {
    const empty: Readonly<Record<string, Chosen>> = {};
    expect(lastingProblems(choicesOf(pi({})), empty)).toEqual([]);
    expect(refused(pi({ "apps.odoo": undefined }), pi({ "apps.odoo.postgres.instances": 1 }))).toEqual([]);
    expect(refused(pi({ "site.hosts.5": undefined }), pi({}))).toEqual([]);
  });

  it("is refused with the setting, the reason and a way", () => {
    const problems = refused(pi({}), pi({ "apps.odoo.postgres.instances": 1, "cluster.podCidr": "10.60.0.0/16" }));
    expect(problems).toEqual([
      {
        path: "grappe:cluster.podCidr",
        reason: expect.stringMatching(/^is 10\.60\.0\.0\/16, but the cluster was made with 10\.42\.0\.0\/16: .*\.$/),
        fix: expect.stringMatching(/^Write 10\.42\.0\.0\/16 again\. .*second stack/),
      },
      {
        path: "grappe:apps.odoo.postgres.instances",
        reason: expect.stringMatching(/^is 1, but Odoo's database was made with 3: .*empty database/),
        fix: expect.stringMatching(/^Write 3 again\. To move the data: /),
      },
    ]);
  });
});

const saved = { "platform.backup": { s3: { bucket: "shop", accessKey: "AK" } } };
const alone = { "apps.odoo.postgres.instances": 1 };
const restored = { "apps.odoo.restore": { from: "shop-odoo-1f0c9a7e" } };

describe("what can become another", () => {
  const taken: readonly [string, Config, Config][] = [
    ["a database that is saved", pi({}), pi(saved)],
    ["one that is saved no more", pi(saved), pi({})],
    ["three instances of one that is saved", pi({ ...saved, ...alone }), pi(saved)],
    ["a restored one whose origin is forgotten", pi({ ...saved, ...restored }), pi(saved)],
    ["five instances of three", pi({}), pi({ "apps.odoo.postgres.instances": 5 })],
    ["three of five", pi({ "apps.odoo.postgres.instances": 5 }), pi({})],
    ["a class by its name, that was the default", pi({ "apps.odoo.postgres.storageClass": undefined }), pi({})],
    ["the same size in another unit", pi({}), pi({ "apps.odoo.postgres.size": "10240Mi" })],
    ["a filestore on NFS that grows", dev({}), dev({ "apps.odoo.filestore.size": "1Ti" })],
    [
      "a filestore where all was in the database",
      pi({}),
      pi({ "apps.odoo.filestore": { storageClass: "nfs-client" } }),
    ],
    ["the shop's own authority after Pebble", ...ownAuthority("pebble", "own")],
    ["no authority after the shop's own", ...ownAuthority("own", "none")],
    ["the shop's own after none", ...ownAuthority("none", "own")],
    ["a newer patch", pi({ "cluster.version": "v1.36.4+k3s1" }), pi({})],
    ["the next minor", pi({ "cluster.version": "v1.35.3+k3s1" }), pi({})],
    ["a newer image of the same series", pi({}), pi({ "apps.odoo.image": "docker.io/library/odoo:19.0-20260901" })],
    [
      "an image of the shop's own, of the same series",
      pi({}),
      pi({ "apps.odoo.image": "registry.lan/shop/pos:19.0-3" }),
    ],
    ["flannel's backend where there is no flannel", dev({}), dev({ "cluster.flannelBackend": "host-gw" })],
    [
      "another machine with another name, role and address",
      pi({}),
      pi({
        "site.hosts.4": {
          ...{ name: "pi-9", role: "agent", address: "192.168.1.29" },
          hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJPjYup0ApdpQoqmiCNiZ0pimAFWvdvPVx1AP4eohe12",
        },
      }),
    ],
    ["machines in another order", pi({}), pi({ "site.hosts": [...listOf(pi({}), "hosts")].toReversed() })],
    [
      "servers in zones, of three",
      dev({ "site.servers.count": 3 }),
      dev({ "site.servers.count": 3, "site.servers.availabilityZones": ["a"] }),
    ],
    [
      "other NFS volumes once the class was taken out",
      pi({ "platform.storage.nfs": undefined, "apps.odoo": undefined }),
      pi({ "platform.storage.nfs.path": "/srv/b" }),
    ],
  ];

  it.each(taken)("%s", (_, before, after) => {
    expect(refused(before, after)).toEqual([]);
  });
});

describe("what can't", () => {
  const refusals: readonly [string, Config, Config, readonly string[], RegExp][] = [
    [
      "the default class by its name, in a StatefulSet's claims",
      pi({ ...alone, "apps.odoo.postgres.storageClass": undefined }),
      pi(alone),
      ["grappe:apps.odoo.postgres.storageClass"],
      /is local-path, but .* with local-path by the default class: the same class, but a StatefulSet/,
    ],
    [
      "the default class, that was named, in a StatefulSet's claims",
      pi(alone),
      pi({ ...alone, "apps.odoo.postgres.storageClass": undefined }),
      ["grappe:apps.odoo.postgres.storageClass"],
      /is local-path by the default class, but .* with local-path: the same class/,
    ],
    [
      "one instance that shall be saved from now on",
      pi(alone),
      pi({ ...saved, ...alone }),
      ["grappe:apps.odoo.postgres.instances"],
      /^is 1 and shall be backed up, .*empty/,
    ],
    [
      "one instance that shall be saved no more",
      pi({ ...saved, ...alone }),
      pi(alone),
      ["grappe:apps.odoo.postgres.instances"],
      /^is 1 of CloudNativePG's/,
    ],
    [
      "a backup into a database that lives",
      pi(saved),
      pi({ ...saved, ...restored }),
      ["grappe:apps.odoo.restore.from"],
      /^is shop-odoo-1f0c9a7e, but Odoo's database is made already, of nothing: it is never overwritten/,
    ],
    [
      "another moment of the same one",
      pi({ ...saved, ...restored }),
      pi({ ...saved, "apps.odoo.restore": { from: "shop-odoo-1f0c9a7e", at: "2026-01-02T03:04:05Z" } }),
      ["grappe:apps.odoo.restore.at"],
      /of latest: it is never overwritten/,
    ],
    [
      "three instances of one",
      dev({ "cluster.schedulableServers": true }),
      dev({ "cluster.schedulableServers": true, "apps.odoo.postgres.instances": 3 }),
      ["grappe:apps.odoo.postgres.instances"],
      /empty database/,
    ],
    [
      "encryption switched on",
      pi({ "cluster.secretsEncryption": false }),
      pi({}),
      ["grappe:cluster.secretsEncryption"],
      /unencrypted/,
    ],
    [
      "encryption switched off",
      pi({}),
      pi({ "cluster.secretsEncryption": false }),
      ["grappe:cluster.secretsEncryption"],
      /without the key/,
    ],
    [
      "another series of Odoo",
      pi({}),
      pi({ "apps.odoo.image": "docker.io/library/odoo:18.0-20260817" }),
      ["grappe:apps.odoo.image"],
      /made by Odoo 19/,
    ],
    [
      "another series of Odoo, in an image of the shop's own",
      pi({ "apps.odoo.image": "registry.lan:5000/shop/pos:18.0-3" }),
      pi({ "apps.odoo.image": "registry.lan:5000/shop/pos:19.0-1" }),
      ["grappe:apps.odoo.image"],
      /is Odoo 19, but the database was made by Odoo 18/,
    ],
    [
      "an image of the shop's own of another series than the official one's",
      pi({ "apps.odoo.image": "docker.io/library/odoo:18.0-20260817" }),
      pi({ "apps.odoo.image": `registry.lan/shop/pos:19.0@sha256:${"a".repeat(64)}` }),
      ["grappe:apps.odoo.image"],
      /made by Odoo 18/,
    ],
    [
      "an older version",
      pi({}),
      pi({ "cluster.version": "v1.36.4+k3s1" }),
      ["grappe:cluster.version"],
      /can't go back/,
    ],
    [
      "a class that the default decides",
      dev({ "apps.odoo.filestore.storageClass": undefined }),
      dev({
        "apps.odoo.filestore.storageClass": undefined,
        "apps.odoo.filestoreAccessMode": "ReadWriteOnce",
        "platform.storage.defaultClass": "local-path",
      }),
      ["grappe:apps.odoo.filestore.storageClass", "grappe:apps.odoo.filestoreAccessMode"],
      /is local-path by the default class, but .* was made with nfs-client by the default class/,
    ],
    [
      "a filestore that shrinks",
      dev({}),
      dev({ "apps.odoo.filestore.size": "5Gi" }),
      ["grappe:apps.odoo.filestore.size"],
      /never shrinks/,
    ],
    [
      "a filestore on a node's own disk that grows",
      dev({ "apps.odoo.filestore.storageClass": "local-path", "apps.odoo.filestoreAccessMode": "ReadWriteOnce" }),
      dev({
        "apps.odoo.filestore.storageClass": "local-path",
        "apps.odoo.filestoreAccessMode": "ReadWriteOnce",
        "apps.odoo.filestore.size": "20Gi",
      }),
      ["grappe:apps.odoo.filestore.size"],
      /keeps its size/,
    ],
    [
      "the only server in another zone",
      dev({}),
      dev({ "site.servers.availabilityZones": ["a"] }),
      ["grappe:site.servers.availabilityZones"],
      /only server/,
    ],
    [
      "pods' subnets, with plain routes, that follow from the networks",
      dev({ "cluster.cni": "routed" }),
      dev({
        "cluster.cni": "routed",
        "site.networks": [
          { name: "side", subnets: [{ name: "side", cidr: "10.7.14.0/24" }] },
          ...listOf(dev({}), "networks"),
        ],
        "site.routers.1.interfaces.2": { subnet: "side" },
      }),
      ["grappe:site.networks", "grappe:site.networks", "grappe:site.networks"],
      /pods would be in .*, but they run in/,
    ],
  ];

  it.each(refusals)("%s", (_, before, after, paths, reason) => {
    const problems = refused(before, after);
    expect(pathsOf(problems)).toEqual(paths);
    expect(problems[0]?.reason).toMatch(reason);
    for (const { reason: text, fix } of problems) {
      expect(`${text} ${fix}`).not.toMatch(/undefined|\[object/);
      expect(fix.length).toBeGreaterThan(20);
    }
  });
});
