import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, test } from "vitest";
import { installArtifacts } from "../../../components/host/artifacts/install-artifacts.ts";
import type { ArtifactRequest } from "../../../components/host/artifacts/install-plan.ts";
import { letMocksTakeHooks } from "../hooks-under-mocks.ts";
import { host } from "./host-fixture.ts";

letMocksTakeHooks();

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
