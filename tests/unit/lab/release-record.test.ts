import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { afterAll, describe, expect, it } from "vitest";
import { podNetworkCharts } from "../../../components/cluster/cni-chart.ts";
import { refuseOversizedRelease, releaseRecordBytes } from "../../../lab/bundle/release-record.ts";

const folder = mkdtempSync(join(tmpdir(), "grappe-release-record-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A packaged chart with a template of about so many bytes once gzipped. */
function chartOf(name: string, bytes: number, templates = "templates"): string {
  mkdirSync(join(folder, name, templates), { recursive: true });
  writeFileSync(join(folder, name, "Chart.yaml"), `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`);
  writeFileSync(join(folder, name, templates, "all.yaml"), randomBytes((bytes * 3) / 4).toString("base64"));
  const file = join(folder, `${name}-1.0.0.tgz`);
  execFileSync("tar", ["--create", "--gzip", "--file", file, "--directory", folder, name]);
  return file;
}

describe("Helm's record of a release", () => {
  it("holds what was rendered and, in base64, what it was rendered from", () => {
    const template = randomBytes(30_000).toString("base64");
    expect(releaseRecordBytes(template, template)).toBeGreaterThan(80_000);
    expect(releaseRecordBytes("a".repeat(100_000), "a".repeat(100_000))).toBeLessThan(2_000);
  });

  it("is refused before it is in a bundle where Kubernetes wouldn't take it", async () => {
    await expect(refuseOversizedRelease(chartOf("small", 300_000), "small")).resolves.toBeUndefined();
    const refused = await refuseOversizedRelease(chartOf("large", 500_000), "large").catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RunError);
    expect(String(refused)).toMatch(/The chart large .*Fix: /);
  });

  it("takes a chart without templates, such as one of definitions alone", async () => {
    await expect(refuseOversizedRelease(chartOf("crds", 300_000, "crds"), "crds")).resolves.toBeUndefined();
  });

  it("fits for Calico's definitions up to 3.32; 3.33 must come as objects", () => {
    // Helm's record of v3.32.1 has 946,652 bytes; of the branch that becomes 3.33 (87c15906, 2026-08-22) it would have 1,165,200.
    expect(podNetworkCharts("calico")[0]?.version).toMatch(/^v3\.32\.\d+$/);
  });
});
