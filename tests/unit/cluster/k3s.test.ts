import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { DistributionArgs } from "../../../components/cluster/distribution.ts";
import { k3s } from "../../../components/cluster/k3s/k3s.ts";
import type { Host } from "../../../components/host/host.ts";
import { cluster } from "../../../components/settings/schema/cluster.ts";
import type { SiteProxy } from "../../../components/settings/site-proxy.ts";
import { host as hostOf } from "../host/host-fixture.ts";

const s3 = { bucket: "snapshots", accessKey: "grappe" };
const settingsWith = (etcdSnapshots: object) =>
  cluster.parse({ distribution: "k3s", version: "v1.36.5+k3s1", etcdSnapshots });
const server = hostOf("pi-1");
const agent = hostOf("pi-2", { role: "agent" });

interface Given {
  readonly etcdSnapshots?: object;
  readonly etcdS3SecretKey?: string;
  readonly registryPasswords?: string;
  readonly proxy?: SiteProxy;
}

const resolved = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

function distribution({ etcdSnapshots = {}, etcdS3SecretKey, registryPasswords, proxy }: Given) {
  const secret = (text: string | undefined) => (text === undefined ? undefined : pulumi.secret(text));
  const args: DistributionArgs = {
    clusterName: "grappe-test",
    settings: settingsWith(etcdSnapshots),
    source: { mirrors: {}, lock: {} },
    hosts: [server, agent],
    apiAddress: "192.168.1.5",
    apiAddressIsVirtual: true,
    certificateNames: pulumi.output([]),
    certificateMonth: "2026-11",
    secret: pulumi.secret("ab".repeat(32)),
    etcdS3SecretKey: secret(etcdS3SecretKey),
    registries: {},
    registryPasswords: secret(registryPasswords),
    proxy,
  };
  return k3s(args);
}

const hash = (host: Host, given: Given) => resolved(distribution(given).configHash(host));

describe("what a node of k3s is drained for", () => {
  const plain = {};
  const inS3 = { etcdSnapshots: { s3 }, etcdS3SecretKey: "one" };

  it("is, on a server, where its snapshots go, and the secret for it", async () => {
    expect(await hash(server, inS3)).not.toBe(await hash(server, plain));
    expect(await hash(server, { ...inS3, etcdS3SecretKey: "two" })).not.toBe(await hash(server, inS3));
    expect(await hash(server, inS3)).toBe(await hash(server, inS3));
  });

  it("isn't, on an agent, anything about snapshots", async () => {
    expect(await hash(agent, inS3)).toBe(await hash(agent, plain));
    expect(await hash(agent, { ...inS3, etcdS3SecretKey: "two" })).toBe(await hash(agent, plain));
  });

  it("is, on both, a changed password of a registry", async () => {
    for (const host of [server, agent]) {
      const one = await hash(host, { registryPasswords: '{"r.test": "one"}' });
      expect(await hash(host, { registryPasswords: '{"r.test": "two"}' })).not.toBe(one);
    }
  });
});

describe("the site's proxy", () => {
  const exceptions = ["192.168.1.0/24", ".shop.lan"];
  const open: SiteProxy = { url: "http://proxy.test:3128", exceptions };
  const locked = (password: string): SiteProxy => ({ ...open, user: "shop", password: pulumi.secret(password) });

  it("drains a node when it comes, goes, changes, or its password does", async () => {
    const proxies = [undefined, open, { ...open, url: "http://proxy.test:8080" }, { ...open, exceptions: [] }];
    for (const host of [server, agent]) {
      const hashes = [...proxies, locked("one"), locked("two")].map((proxy) =>
        hash(host, proxy === undefined ? {} : { proxy }),
      );
      expect(new Set(await Promise.all(hashes)).size).toBe(hashes.length);
      expect(await hash(host, { proxy: locked("one") })).toBe(await hash(host, { proxy: locked("one") }));
    }
  });

  it("reaches containerd alone, as a secret, and S3 where that isn't of the site", async () => {
    const secrets = async (endpoint: string, proxy?: SiteProxy) => {
      const given = { etcdSnapshots: { s3: { ...s3, endpoint } }, etcdS3SecretKey: "key", ...(proxy && { proxy }) };
      const step = distribution(given).server(server, pulumi.output("ab".repeat(32)));
      expect(JSON.stringify(Object.keys(step.values))).not.toContain("roxy");
      return resolved(pulumi.output(step.secrets));
    };
    const far = await secrets("s3.test:9000", locked("p@"));
    expect(far.proxyEnvironment).toMatch(/^CONTAINERD_HTTP_PROXY="http:\/\/shop:p%40@proxy\.test:3128"\n/);
    expect(far.snapshotConfig).toContain("etcd-s3-proxy: http://shop:p%40@proxy.test:3128");
    expect((await secrets("s3.shop.lan:9000", open)).snapshotConfig).not.toContain("proxy");
    expect(await secrets("s3.test")).toMatchObject({ proxyEnvironment: "" });
  });
});
