import { expect, test } from "vitest";
import type { Bundle } from "../../../../components/host/bundle.ts";
import { offerOf } from "../../../../operations/new/cluster-choice.ts";

const artifact = (kind: "binary" | "image" | "chart", name: string) => ({
  ...{ kind, name, version: "v1.36.3", architecture: "any" as const, file: name, sha256: "0".repeat(64) },
  ...{ size: 1, origin: "source" as const },
});

/** A bundle with Kubernetes and what else it is given. */
function bundleOf(images: readonly string[], charts: readonly string[]): Bundle {
  const artifacts = [
    artifact("binary", "kubeadm"),
    ...images.map((name) => artifact("image", name)),
    ...charts.map((name) => artifact("chart", name)),
  ];
  return { directory: "/bundle", artifacts };
}

const odoo = "docker.io/library/odoo";
const postgres = "docker.io/library/postgres";

test.each([
  ["with both of its databases", [odoo, postgres], ["cloudnative-pg"], ["odoo"]],
  ["without the one of a single instance", [odoo], ["cloudnative-pg"], []],
  ["without the one of three", [odoo, postgres], [], []],
  ["without Odoo itself", [postgres, "grappe.local/edge"], ["cloudnative-pg"], ["edge"]],
])("Odoo is offered of a bundle %s: %j, %j", (_, images, charts, applications) => {
  expect(offerOf(bundleOf(images, charts)).applications).toEqual(applications);
});
