import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, test } from "vitest";
import { installArtifacts } from "../../../components/host/artifacts/install-artifacts.ts";
import type { ArtifactRequest } from "../../../components/host/artifacts/install-plan.ts";
import type { Host } from "../../../components/host/host.ts";

const registered: string[] = [];

beforeEach(async () => {
  registered.length = 0;
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      registered.push(name);
      return { id: name, state: inputs };
    },
    call: () => ({}),
  });
});

const host = (name: string): Host => ({
  name,
  role: "server",
  privateAddress: "192.168.1.11",
  subnet: "192.168.1.0/24",
  podSubnet: "10.42.0.0/24",
  architecture: "arm64",
  labels: {},
  taints: [],
  connection: { host: "192.168.1.11", hostKey: "ssh-ed25519 AAAA" },
  identity: pulumi.output(`machine-${name}`),
  environment: "hardware",
  reachableAfter: [],
});

const kubelet = {
  name: "kubelet",
  kind: "binary",
  version: "v1.36.3",
  architecture: "arm64",
  file: "binaries/kubelet.zst",
  sha256: "a".repeat(64),
  unpackedSha256: "b".repeat(64),
  size: 1,
  origin: "source",
} as const;
const source = { mirrors: {}, lock: {}, bundle: { directory: import.meta.dirname, artifacts: [kubelet] } };
const request: ArtifactRequest = { name: "kubelet", version: "v1.36.3", destination: { file: "/kubelet" } };

test("a host's copies wait for what they are told to; its step waits for them", async () => {
  const first = installArtifacts("first", { host: host("server-1"), artifacts: [request], source }, {});
  const args = { host: host("agent-1"), artifacts: [request], source, copyAfter: [first] };
  const second = installArtifacts("second", args, {});
  await new Promise((resolve) => second.urn.apply(resolve));
  expect(registered).toEqual(["first-binaries-kubelet.zst", "first", "second-binaries-kubelet.zst", "second"]);
});
