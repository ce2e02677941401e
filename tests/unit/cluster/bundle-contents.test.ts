import { describe, expect, test } from "vitest";
import { requireBundleContents } from "../../../components/cluster/bundle-contents.ts";
import { podNetworkCharts } from "../../../components/cluster/cni-chart.ts";
import type { ArtifactRequest } from "../../../components/host/artifacts/install-plan.ts";
import type { Bundle, BundleArtifact } from "../../../components/host/bundle.ts";

const kubeadm: ArtifactRequest = {
  name: "kubeadm",
  version: "v1.36.3",
  destination: { file: "/usr/local/bin/kubeadm" },
};
const artifact = (name: string, version: string, changes: Partial<BundleArtifact>): BundleArtifact => ({
  name,
  version,
  kind: "binary",
  architecture: "amd64",
  file: name,
  size: 1,
  sha256: "0".repeat(64),
  origin: "release",
  ...changes,
});
const bundle = (...artifacts: BundleArtifact[]): Bundle => ({ directory: "/bundle", artifacts });
const hosts = [
  { architecture: "amd64", requests: [kubeadm] },
  { architecture: "arm64", requests: [kubeadm] },
] as const;

describe("what a cluster takes out of a bundle", () => {
  test("is missed on all hosts and for the pod network in one list", () => {
    const lacking = () =>
      requireBundleContents(bundle(artifact("kubeadm", "v1.36.3", {})), hosts, podNetworkCharts("calico"));
    expect(lacking).toThrow(/kubeadm v1\.36\.3 for arm64/);
    expect(lacking).toThrow(/chart crd\.projectcalico\.org\.v1 v3\.32\.2/);
    expect(lacking).toThrow(/chart tigera-operator v3\.32\.2/);
    expect(lacking).not.toThrow(/kubeadm v1\.36\.3 for amd64\n/);
  });

  test("is there", () => {
    const chart = artifact("flannel", "v0.28.9", { kind: "chart", architecture: "any" });
    const whole = bundle(
      artifact("kubeadm", "v1.36.3", {}),
      artifact("kubeadm", "v1.36.3", { architecture: "arm64" }),
      chart,
    );
    expect(() => requireBundleContents(whole, hosts, podNetworkCharts("flannel"))).not.toThrow();
    expect(podNetworkCharts("routed")).toEqual([]);
  });
});
