import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { behindIngress, ingress, installed } from "./installed-odoo.ts";
import { field, objectOf, odooChart, type RenderedObject, rendered } from "./rendered-chart.ts";

const timeout = 600_000;
const guarded = ["database-manager", "rpc", "large-requests", "log-in"];
const ownNetwork = { rpcAllowedCidrs: ["192.168.1.0/24"] };
const nobody = ["127.0.0.1/32"];

const routes = z.object({
  routes: z.array(
    z.object({ match: z.string(), priority: z.number(), middlewares: z.array(z.object({ name: z.string() })) }),
  ),
});
const proxyRoutes = z.object({
  http: z.object({
    middlewares: z.record(z.string(), z.unknown()),
    routers: z.record(
      z.string(),
      z.object({ rule: z.string(), priority: z.number().optional(), middlewares: z.array(z.string()).default([]) }),
    ),
  }),
});

const guardOf = (objects: readonly RenderedObject[]) =>
  routes.parse(field(objectOf(objects, "IngressRoute", "odoo-guard"), "spec")).routes;
const middlewareOf = (objects: readonly RenderedObject[], name: string) =>
  field(objectOf(objects, "Middleware", `odoo-${name}`), "spec");

function proxyOf(objects: readonly RenderedObject[]) {
  const data = field(objectOf(objects, "ConfigMap", "odoo-proxy"), "data");
  return proxyRoutes.parse(parse(String(Reflect.get(Object(data), "routes.yaml")))).http;
}

/** The pattern of a rule's paths. */
const pathsOf = (rule = "") => new RegExp(/PathRegexp\(`([^`]*)`\)/.exec(rule)?.[1] ?? "^no path$");

describe("what of Odoo isn't for everybody", { timeout }, () => {
  test("is refused by routes that go before all others of the host, whatever their length", async () => {
    const objects = await installed(behindIngress);
    const found = guardOf(objects);
    expect(found.map(({ priority }) => priority)).toEqual([10009, 10008, 10007, 10002, 10001]);
    expect(found.map(({ middlewares }) => middlewares.map(({ name }) => name))).toEqual([
      ["odoo-database-manager"],
      ["odoo-rpc"],
      ["odoo-large-requests"],
      ["odoo-log-in", "odoo-waiting-page"],
      ["odoo-log-in"],
    ]);
    for (const { match } of found) expect(match).toMatch(/^Host\(`shop\.example\.org`\) && /);
    expect(field(objectOf(objects, "IngressRoute", "odoo-guard"), "spec.tls")).toEqual({ certResolver: "acme" });
  });

  test("is known by its path, with a language before it or without", async () => {
    const [manager, rpc, , , login] = guardOf(await installed(behindIngress)).map(({ match }) => pathsOf(match));
    const paths = (pattern: RegExp | undefined, ...tried: readonly string[]) =>
      tried.filter((path) => pattern?.test(path) === true);
    const managers = [
      "/web/database/manager",
      "/web/database",
      "/fr/web/database/selector",
      "/sr@latin/web/database/drop",
    ];
    expect(paths(manager, ...managers, "/pt_BR/web/database/list")).toHaveLength(5);
    expect(
      paths(rpc, "/xmlrpc/2/common", "/xmlrpc/db", "/jsonrpc", "/json/2/res.partner/read", "/de/json/1/x"),
    ).toHaveLength(5);
    expect(
      paths(login, "/web/login", "/web/session/authenticate", "/fr_BE/web/login/totp", "/web/signup"),
    ).toHaveLength(4);
    const tills = [
      ...["/", "/odoo", "/pos/ui/1", "/pos/service-worker.js", "/websocket", "/websocket/peek_notifications"],
      ...["/web", "/web/dataset/call_kw/pos.order/sync_from_ui", "/web/image/product.product/1/image_128"],
      ...["/web/assets/1/web.assets_web.min.js", "/web/binary/upload_attachment", "/web/health", "/web/databases"],
      ...[
        "/web/session/get_session_info",
        "/report/pdf/x/1",
        "/pos-self/1",
        "/shop/json",
        "/jsonrpcs",
        "/shop/xmlrpc/x",
      ],
    ];
    for (const pattern of [manager, rpc, login]) expect(paths(pattern, ...tills)).toEqual([]);
  });

  test("is refused as if it weren't there; the interface for programs is open to the networks of the settings", async () => {
    const objects = await installed(behindIngress);
    expect(middlewareOf(objects, "database-manager")).toEqual({
      ipAllowList: { sourceRange: nobody, rejectStatusCode: 404 },
    });
    expect(middlewareOf(objects, "rpc")).toEqual({ ipAllowList: { sourceRange: nobody, rejectStatusCode: 404 } });
    expect(middlewareOf(objects, "large-requests")).toEqual({
      ipAllowList: { sourceRange: nobody, rejectStatusCode: 413 },
    });
    expect(middlewareOf(objects, "log-in")).toEqual({ rateLimit: { average: 6, burst: 10, period: "1m" } });
    const opened = await installed({ ...behindIngress, ...ownNetwork });
    expect(middlewareOf(opened, "rpc")).toEqual({
      ipAllowList: { sourceRange: [...nobody, "192.168.1.0/24"], rejectStatusCode: 404 },
    });
    expect(middlewareOf(opened, "database-manager")).toEqual(middlewareOf(objects, "database-manager"));
  });

  test("who asks is whom a proxy before the ingress names, where there is one", async () => {
    const objects = await installed({ ...behindIngress, ...ownNetwork }, [], { ...ingress, isBehindProxy: true });
    const ipStrategy = { depth: 1 };
    expect(middlewareOf(objects, "rpc")).toMatchObject({ ipAllowList: { ipStrategy } });
    expect(middlewareOf(objects, "log-in")).toMatchObject({ rateLimit: { sourceCriterion: { ipStrategy } } });
  });

  test("is guarded by the proxy of a Service in the same way, which also sends the headers", async () => {
    const { middlewares, routers } = proxyOf(await installed(ownNetwork));
    const behind = await installed({ ...behindIngress, ...ownNetwork });
    for (const name of guarded) {
      expect(middlewares[name]).toEqual(middlewareOf(behind, name));
      expect(routers[name]?.middlewares).toEqual(["headers", name]);
    }
    const matches = guardOf(behind).map(({ match }) => match.replace("Host(`shop.example.org`) && ", ""));
    expect(guarded.map((name) => routers[name]?.rule)).toEqual(
      matches.filter((match) => !match.includes("HeaderRegexp(`Accept`")),
    );
    expect(routers.odoo?.middlewares).toEqual(["headers"]);
    expect(routers.websocket?.middlewares).toEqual([]);
  });

  test("has nothing of Traefik's kinds where another ingress stands, and no list that isn't one", async () => {
    const values = { sessions: { module: "x" }, ingress: { enabled: true, host: "x.test", className: "nginx" } };
    const kinds = (await rendered(odooChart, values)).map(({ kind }) => kind);
    for (const kind of ["Middleware", "IngressRoute"]) expect(kinds).not.toContain(kind);
    await expect(rendered(odooChart, { ...values, guard: { rpcAllowedCidrs: ["all"] } })).rejects.toThrow(/guard/);
  });
});
