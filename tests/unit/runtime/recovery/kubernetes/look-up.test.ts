import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { kubernetesLookUp } from "../../../../../runtime/recovery/kubernetes/look-up.ts";

let server: Server;
let kubeconfig: string;
let secrets: object[];
let requests: string[];
let written: string;
let status: number;

function secretOf(version: number, status: string): object {
  const json = JSON.stringify({ name: "metallb", info: { status }, version });
  const release = Buffer.from(gzipSync(json).toString("base64")).toString("base64");
  const labels = { name: "metallb", owner: "helm", status, version: String(version) };
  return {
    metadata: { name: `sh.helm.release.v1.metallb.v${version}`, resourceVersion: "7", labels },
    data: { release },
  };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(`${request.method} ${decodeURIComponent(request.url ?? "")}`);
    let body = "";
    request.on("data", (part: Buffer) => {
      body += part;
    });
    request.on("end", () => {
      if (request.method === "PUT") written = body;
      if (request.url !== "/version") response.statusCode = status;
      response.end(JSON.stringify(request.method === "GET" ? { items: secrets } : {}));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  kubeconfig = JSON.stringify({
    clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    users: [{ name: "u", user: {} }],
    "current-context": "c",
  });
});

beforeEach(() => {
  secrets = [];
  requests = [];
  written = "";
  status = 200;
});

afterAll(() => {
  server.close();
});

const type = "kubernetes:helm.sh/v3:Release";
const release = { urn: "u", type, name: "metallb-release", inputs: { name: "metallb", namespace: "metallb-system" } };
const path = "/api/v1/namespaces/metallb-system/secrets";

describe("what is looked up in a cluster", () => {
  const lookUp = (config: string | undefined = kubeconfig) => kubernetesLookUp(() => Promise.resolve(config));

  it("a release without a record left nothing", async () => {
    expect(await lookUp()(release)).toEqual([]);
    expect(requests).toEqual(["GET /version", `GET ${path}?labelSelector=owner=helm,name=metallb`]);
  });

  it("a deployed one goes on as it is", async () => {
    secrets = [secretOf(1, "deployed")];
    expect(await lookUp()(release)).toEqual([
      { id: "metallb-system/metallb", description: "release metallb, deployed", unfinished: "resume" },
    ]);
  });

  it("a pending one is settled when that is asked for, and only if nobody has changed it since", async () => {
    secrets = [secretOf(1, "superseded"), secretOf(2, "pending-install")];
    const [found] = (await lookUp()(release)) ?? [];
    expect(found).toMatchObject({ description: "release metallb, pending-install", unfinished: "resume" });
    expect(written).toBe("");
    await found?.settle?.();
    expect(requests.at(-1)).toBe(`PUT ${path}/sh.helm.release.v1.metallb.v2`);
    expect(JSON.parse(written)).toMatchObject({
      kind: "Secret",
      metadata: { resourceVersion: "7", labels: { status: "failed" } },
    });
  });

  it("nothing else: the next run takes it over by its name", async () => {
    expect(await lookUp()({ ...release, type: "kubernetes:core/v1:Service" })).toEqual([]);
    expect(requests).toEqual([]);
  });

  it("a cluster that is not there, doesn't answer, or refuses the kubeconfig can't be asked", async () => {
    expect(await kubernetesLookUp(() => Promise.resolve(undefined))(release)).toBeUndefined();
    const silent = kubeconfig.replace(/:\d+"/, ':1"');
    expect(await lookUp(silent)(release)).toBeUndefined();
    status = 401;
    expect(await lookUp()(release)).toBeUndefined();
  });
});
