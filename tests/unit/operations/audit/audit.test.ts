import { createServer, type RequestListener, type Server } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditLines } from "../../../../operations/audit/audit.ts";
import { eventsIn, eventsSince, isSomebodysChange, parseSpan } from "../../../../operations/audit/audit-events.ts";
import { endOf, readAudit } from "../../../../operations/audit/read-audit.ts";

interface Logged {
  readonly id: string;
  readonly time: string;
  readonly user?: string;
  readonly verb?: string;
  readonly resource?: string;
  readonly subresource?: string;
}

/** A line as a 1.36 API server writes it, at the level `Metadata`. */
const line = ({ id, time, user = "kubernetes-admin", verb = "patch", resource = "deployments", subresource }: Logged) =>
  JSON.stringify({
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "Metadata",
    auditID: id,
    stage: "ResponseComplete",
    requestURI: "/apis/apps/v1/namespaces/odoo/deployments/odoo?fieldManager=kubectl",
    verb,
    user: { username: user, groups: ["system:authenticated"] },
    sourceIPs: ["192.168.1.7"],
    userAgent: "kubectl",
    objectRef: { resource, namespace: "odoo", name: "odoo", apiGroup: "apps", apiVersion: "v1", subresource },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
  });

describe("an audit log's events", () => {
  it("say who did what, and from where; torn lines are left out", () => {
    const text = `${line({ id: "a", time: "2026-11-29T10:00:00.000001Z" }).slice(100)}\n${line({ id: "b", time: "2026-11-29T10:00:01.5Z" })}\n{"kind"`;
    expect(eventsIn(text)).toEqual([
      {
        id: "b",
        when: new Date("2026-11-29T10:00:01.500Z"),
        who: "kubernetes-admin",
        did: "patch",
        what: "deployments odoo/odoo",
        from: "192.168.1.7",
        answer: 200,
      },
    ]);
  });

  it("are each shown once, since a time, in its order", () => {
    const events = eventsIn(
      [
        line({ id: "a", time: "2026-11-29T10:00:03Z" }),
        line({ id: "b", time: "2026-11-29T10:00:02Z", verb: "create" }),
        line({ id: "b", time: "2026-11-29T10:00:02Z", verb: "create" }),
        line({ id: "c", time: "2026-11-29T09:00:00Z" }),
      ].join("\n"),
    );
    expect(eventsSince(events, new Date("2026-11-29T10:00:00Z")).map(({ id }) => id)).toEqual(["b", "a"]);
  });

  it("are somebody's changes, ways into pods among them, and not the cluster's own doing or what was only read", () => {
    const shows = (logged: Partial<Logged>) =>
      eventsIn(line({ id: "a", time: "2026-11-29T10:00:00Z", ...logged })).map(isSomebodysChange);
    for (const user of ["kubernetes-admin", "system:admin", "system:anonymous", "anna", "system:serviceaccount:odoo:x"])
      expect(shows({ user }), user).toEqual([true]);
    for (const user of [
      "system:node:agent-1",
      "system:kube-scheduler",
      "system:apiserver",
      "system:serviceaccount:kube-system:replicaset-controller",
    ])
      expect(shows({ user }), user).toEqual([false]);
    expect(shows({ verb: "get", resource: "secrets" })).toEqual([false]);
    expect(shows({ verb: "get", resource: "pods", subresource: "exec" })).toEqual([true]);
  });

  it("go back as far as is asked, in minutes, hours or days", () => {
    expect(["30m", "1h", "7d"].map(parseSpan)).toEqual([1_800_000, 3_600_000, 604_800_000]);
    expect(["", "1", "h", "0h", "-1h", "1w", "1h30m", "1.5h"].map(parseSpan)).toEqual(Array(8).fill(undefined));
    expect(endOf("audit-2026-11-29T10-20-30.123.log.gz")).toEqual(new Date("2026-11-29T10:20:30.999Z"));
    expect(endOf("audit.log")).toBeUndefined();
  });
});

let server: Server;
let kubeconfig: string;
let answer: RequestListener;
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(`${request.url}${request.headers.range === undefined ? "" : ` ${request.headers.range}`}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the test server has no port");
  kubeconfig = JSON.stringify({
    clusters: [
      { name: "c", cluster: { server: `http://127.0.0.1:${address.port}`, "insecure-skip-tls-verify": true } },
    ],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const logs = (node: string) => `/api/v1/nodes/${node}/proxy/logs/grappe/audit/`;

/** Serves files as Go's file server does: a range of the end where that is asked for. */
const serve =
  (files: Readonly<Record<string, Buffer | string>>): RequestListener =>
  (request, response) => {
    const file = files[(request.url ?? "").replace(/\?.*/, "")];
    if (file === undefined) {
      response.writeHead(503).end(JSON.stringify({ reason: "ServiceUnavailable", message: "no kubelet" }));
      return;
    }
    const bytes = Buffer.from(file);
    const [, count] = /^bytes=-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    if (count === undefined) response.writeHead(200).end(bytes);
    else response.writeHead(206).end(bytes.subarray(Math.max(0, bytes.length - Number(count))));
  };

const nodes = (...names: readonly string[]) => JSON.stringify({ items: names.map((name) => ({ metadata: { name } })) });

describe("all servers' logs", () => {
  it("are read as far back as is asked, compressed ones too; a server that doesn't answer is named", async () => {
    const listing = ["audit-2026-11-29T08-00-00.000.log.gz", "audit-2026-11-29T09-30-00.000.log.gz", "audit.log"]
      .map((file) => `<a href="${file}">${file}</a>\n`)
      .join("");
    answer = serve({
      "/api/v1/nodes": nodes("server-2", "server-1"),
      [logs("server-1")]: `<pre>\n${listing}</pre>`,
      [`${logs("server-1")}audit.log`]: `${line({ id: "c", time: "2026-11-29T10:00:00Z" })}\n`,
      [`${logs("server-1")}audit-2026-11-29T09-30-00.000.log.gz`]: gzipSync(
        `${line({ id: "a", time: "2026-11-29T08:30:00Z" })}\n${line({ id: "b", time: "2026-11-29T09:20:00Z" })}\n`,
      ),
    });
    const reading = await readAudit(kubeconfig, new Date("2026-11-29T09:00:00Z"));
    expect(reading.events.map(({ id }) => id)).toEqual(["b", "c"]);
    expect(reading.unanswered).toEqual([{ server: "server-2", reason: "503 no kubelet" }]);
    expect(asked.filter((path) => path.includes("T08-00-00"))).toEqual([]);
    const text = auditLines(reading, "pi").join("\n");
    expect(text).toMatch(/^WHEN +WHO +DID +WHAT +FROM +ANSWER$/m);
    expect(text).toMatch(
      /^2026-11-29T10:00:00Z +kubernetes-admin +patch +deployments odoo\/odoo +192\.168\.1\.7 +200$/m,
    );
    expect(text).toMatch(/^- server-2: its log can't be read: 503 no kubelet$/m);
  });

  it("are read from their end, and further only where that is needed", async () => {
    const many = Array.from({ length: 12_000 }, (_, index) =>
      line({ id: String(index), time: new Date(Date.UTC(2026, 10, 29, 8) + index * 1_000).toISOString() }),
    );
    answer = serve({
      "/api/v1/nodes": nodes("a"),
      [logs("a")]: '<a href="audit.log">audit.log</a>',
      [`${logs("a")}audit.log`]: `${many.join("\n")}\n`,
    });
    const late = await readAudit(kubeconfig, new Date("2026-11-29T11:10:00Z"));
    expect(late.events).toHaveLength(600);
    expect(asked.filter((path) => path.includes("audit.log"))).toEqual([`${logs("a")}audit.log bytes=-4000000`]);
    const early = await readAudit(kubeconfig, new Date("2026-11-29T08:00:00Z"));
    expect(early.events).toHaveLength(12_000);
  });

  it("say so where nobody changed anything", () => {
    expect(auditLines({ events: [], unanswered: [] }, "pi")).toEqual(["pi: nobody changed anything"]);
  });
});
