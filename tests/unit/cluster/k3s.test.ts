import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { DistributionArgs } from "../../../components/cluster/distribution.ts";
import { k3s } from "../../../components/cluster/k3s/k3s.ts";
import type { Host } from "../../../components/host/host.ts";
import { cluster } from "../../../components/settings/schema/cluster.ts";
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
}

const resolved = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

function hash(host: Host, { etcdSnapshots = {}, etcdS3SecretKey, registryPasswords }: Given): Promise<string> {
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
  };
  return resolved(k3s(args).configHash(host));
}

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
