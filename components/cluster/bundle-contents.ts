import type { Chart } from "../host/artifacts/chart.ts";
import { type ArtifactRequest, wantedArtifact } from "../host/artifacts/install-plan.ts";
import { type Bundle, requireArtifacts, type WantedArtifact } from "../host/bundle.ts";
import type { Architecture } from "../settings/schema/primitives.ts";

/** What one host takes out of a bundle. */
export interface HostContents {
  readonly architecture: Architecture;
  readonly requests: readonly ArtifactRequest[];
}

/**
 * Makes sure (pure) that a bundle has all that a cluster takes out of it, on all its hosts and for its pod network.
 *
 * @throws `BundleError` with everything that is missing, in one list
 */
export function requireBundleContents(
  bundle: Bundle,
  hosts: readonly HostContents[],
  charts: readonly Pick<Chart, "name" | "version">[],
): void {
  const onHosts = hosts.flatMap(({ architecture, requests }) =>
    requests.map((request) => wantedArtifact(request, architecture)),
  );
  // A chart fits all architectures.
  const wantedCharts = charts.map(
    ({ name, version }): WantedArtifact => ({ name, version, kind: "chart", architecture: "amd64" }),
  );
  requireArtifacts(bundle, [...onHosts, ...wantedCharts]);
}
