import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ensureHelm } from "../../../runtime/toolchain/tools.ts";
import { odooChart } from "./rendered-chart.ts";

const run = promisify(execFile);
const group = "apiextensions.k8s.io/v1";
const settings = "filestore.enabled=false,sessions.module=x,database.kind=cluster,database.instances=3";

/** What an API server whose operator's definition has these fields says of it. */
const answersWith = (properties: object): Readonly<Record<string, object>> => ({
  [`/apis/${group}`]: {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: group,
    resources: [
      { name: "customresourcedefinitions", kind: "CustomResourceDefinition", namespaced: false, verbs: ["get"] },
    ],
  },
  [`/apis/${group}/customresourcedefinitions/clusters.postgresql.cnpg.io`]: {
    apiVersion: group,
    kind: "CustomResourceDefinition",
    metadata: { name: "clusters.postgresql.cnpg.io" },
    spec: {
      versions: [{ name: "v1", schema: { openAPIV3Schema: { properties: { spec: { properties } } } } }],
    },
  },
});

/** The chart as it is rendered by a Helm that asks the cluster. */
async function renderedBy(properties: object): Promise<string> {
  const answers = answersWith(properties);
  const server = createServer((request, response) => {
    const answer = answers[(request.url ?? "").replace(/\?.*/, "")];
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { kind: "Status", status: "Failure", reason: "NotFound", code: 404 }));
  });
  const folder = await mkdtemp(join(tmpdir(), "grappe-lease-"));
  try {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const config = {
      clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: "u", user: {} }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    };
    await writeFile(join(folder, "config"), JSON.stringify(config));
    const flags = ["--dry-run=server", "--kube-version=1.36.3", "--set", settings];
    const env = { ...process.env, KUBECONFIG: join(folder, "config"), HOME: folder };
    return (await run(await ensureHelm(), ["template", "odoo", odooChart, ...flags], { env })).stdout;
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

test("a primary's lease is short, where the operator knows one", async () => {
  expect(await renderedBy({ primaryLease: {} })).toContain(
    "  primaryLease:\n    leaseDurationSeconds: 6\n    renewDeadlineSeconds: 4\n    retryPeriodSeconds: 1\n",
  );
  expect(await renderedBy({ instances: {} })).not.toContain("primaryLease:");
}, 600_000);
