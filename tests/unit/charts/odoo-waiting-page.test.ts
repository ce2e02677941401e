import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensurePrograms } from "../../../runtime/toolchain/debian-packages.ts";
import { behindIngress, installed, podSpecs, policy } from "./installed-odoo.ts";
import { field, objectOf, odooChart, rendered } from "./rendered-chart.ts";

const script = new URL("../../../charts/odoo/files/waiting_page.py", import.meta.url).pathname;
const timeout = 600_000;

describe("the chart's waiting page", { timeout }, () => {
  test("is Traefik's answer in place of 502, 503 and 504, to what a browser opens as a page and nothing else", async () => {
    const objects = await installed(behindIngress);
    expect(field(objectOf(objects, "Middleware", "odoo-waiting-page"), "spec")).toEqual({
      errors: { status: ["502-504"], service: { name: "odoo-waiting-page", port: "http" }, query: "/" },
    });
    expect(field(objectOf(objects, "IngressRoute", "odoo-pages"), "spec")).toEqual({
      entryPoints: ["websecure"],
      routes: [
        {
          kind: "Rule",
          match: "Host(`shop.example.org`) && HeaderRegexp(`Accept`, `text/html`) && !PathPrefix(`/websocket`)",
          services: [{ name: "odoo", port: "http" }],
          middlewares: [{ name: "odoo-waiting-page" }],
        },
        {
          kind: "Rule",
          match: "Host(`shop.example.org`) && Path(`/pos/service-worker.js`)",
          services: [{ name: "odoo-waiting-page", port: "http" }],
        },
      ],
      tls: { certResolver: "acme" },
    });
    const annotations = JSON.stringify(field(objectOf(objects, "Ingress"), "metadata.annotations"));
    expect(annotations).not.toContain("middlewares");
  });

  test("has the ingress' own certificate where no resolver gets one for it", async () => {
    const tlsOf = async (entryPoint: "web" | "websecure") =>
      field(
        objectOf(
          await installed(behindIngress, [], { className: "traefik", namespace: "traefik", entryPoint }),
          "IngressRoute",
          "odoo-pages",
        ),
        "spec.tls",
      );
    expect([await tlsOf("websecure"), await tlsOf("web")]).toEqual([{}, undefined]);
  });

  test("runs where Odoo doesn't, twice where there are two nodes, let in by the ingress alone", async () => {
    const objects = await installed(behindIngress);
    const deployment = objectOf(objects, "Deployment", "odoo-waiting-page");
    expect(field(deployment, "spec.replicas")).toBe(2);
    const preferred = "preferredDuringSchedulingIgnoredDuringExecution";
    expect(JSON.stringify(field(deployment, `spec.template.spec.affinity.podAntiAffinity.${preferred}`))).toContain(
      '"app.kubernetes.io/component":"web"',
    );
    expect(field(policy(objects, "odoo-waiting-page"), "spec")).toMatchObject({
      egress: [],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "traefik" } } }],
          ports: [{ port: 8080 }],
        },
      ],
    });
    expect(podSpecs([deployment]).map((spec) => JSON.stringify(field(spec, "volumes")))).toEqual([
      expect.not.stringContaining("secret"),
    ]);
  });

  test("isn't there without an ingress, and can't be", async () => {
    const kinds = (await installed({})).map(({ kind }) => kind);
    for (const kind of ["Middleware", "IngressRoute"]) expect(kinds).not.toContain(kind);
    await expect(rendered(odooChart, { sessions: { module: "x" }, waitingPage: { enabled: true } })).rejects.toThrow(
      /waitingPage|anyOf|schema/,
    );
  });
});

describe("the page", () => {
  let server: ChildProcess;
  let address: string;
  beforeAll(async () => {
    await ensurePrograms([{ program: "python3", debianPackage: "python3" }]);
    // The port is free on whatever runs this, as the system chooses it.
    const chosen = `import http.server, runpy, sys
class Server(http.server.ThreadingHTTPServer):
    def __init__(self, _address, handler):
        super().__init__(("127.0.0.1", 0), handler)
        print(self.server_port, flush=True)
http.server.ThreadingHTTPServer = Server
runpy.run_path(sys.argv[1], run_name="__main__")`;
    server = spawn("python3", ["-c", chosen, script], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = server.stdout === null ? [] : await once(server.stdout, "data");
    address = `http://127.0.0.1:${String(port).trim()}`;
  }, 300_000);
  afterAll(() => server.kill());

  test("is never kept, whatever was asked for", async () => {
    for (const path of ["/", "/pos/ui/1?a=b", "/odoo"]) {
      const answer = await fetch(`${address}${path}`);
      expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
      expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(await answer.text()).toContain("goes on by itself");
    }
    const head = await fetch(address, { method: "HEAD" });
    expect(Number(head.headers.get("content-length"))).toBeGreaterThan(500);
    expect(await head.text()).toBe("");
  });

  test("has the till's service worker beside it, for all of the till, looked at again each time", async () => {
    const answer = await fetch(`${address}/pos/service-worker.js`);
    expect(answer.headers.get("content-type")).toContain("text/javascript");
    expect([answer.headers.get("cache-control"), answer.headers.get("service-worker-allowed")]).toEqual([
      "no-cache",
      "/pos",
    ]);
    const worker = new URL("../../../charts/odoo/files/till-worker.js", import.meta.url);
    expect(await answer.text()).toBe(readFileSync(worker, "utf8"));
  });

  test("asks for Odoo's health by a request that no page answers, and opens the page again by GET", () => {
    const text = readFileSync(script, "utf8");
    expect(text).toContain(
      'fetch("/web/health?db_server_status=1", { cache: "no-store", headers: { Accept: "application/json" } })',
    );
    expect(text).toContain("location.replace(location.pathname + location.search)");
  });
});
