import https from "node:https";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { awaitAnswer } from "../../../lab/application-answer.ts";
import { behindIngress, installed } from "../../unit/charts/installed-odoo.ts";
import { ownAddress } from "../small-api.ts";
import { type Answers, LocalIngress } from "./local-ingress.ts";

const host = behindIngress.expose.host;

/** Odoo that would answer whatever is asked. */
const odoo: Answers = (request, response) => {
  request.resume().on("end", () => response.end("Odoo"));
};

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

describe("what Traefik keeps from Odoo, by the charts' own objects", () => {
  let ingress: LocalIngress;
  let root: string;

  beforeAll(async () => {
    const own = { className: "traefik", namespace: "traefik", entryPoint: "websecure" } as const;
    ingress = await LocalIngress.open(host, await installed(behindIngress, [], own), odoo);
    const issued = await ingress.issue([host], "yes");
    expect([issued.code, issued.stderr]).toEqual([0, ""]);
    root = issued.stdout;
    await awaitAnswer(`https://${host}:${ingress.port}/web/health`, 60, { address: ownAddress(), authority: root });
  });
  afterAll(async () => await ingress?.close());

  const at = () => ({ host: ownAddress(), port: ingress.port, servername: host, ca: root });

  async function ask(path: string, { method = "GET", headers = {}, body = "" }: Asked = {}) {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; headers: object; text: string }>();
    const sent = { host: `${host}:${ingress.port}`, ...headers };
    const request = https.request({ ...at(), path, method, headers: sent, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.on("error", reject);
    if (headers["content-length"] === undefined) request.end(body);
    // A body that is refused before it is sent.
    else request.flushHeaders();
    return await promise;
  }

  const statuses = async (paths: readonly string[], asked?: Asked) =>
    await Promise.all(paths.map(async (path) => (await ask(path, asked)).status));

  test("the database manager and the interfaces for programs aren't there, however they are written", async () => {
    const paths = [
      ...["/web/database/manager", "/web/database/selector", "/fr/web/database/manager", "/web//database/manager"],
      ...["/web/./database/list", "/%77eb/database/backup", "/xmlrpc/2/common", "/jsonrpc", "/json/2/res.partner/read"],
    ];
    expect(await statuses(paths, { headers: { accept: "text/html" } })).toEqual(paths.map(() => 404));
    expect(await statuses(paths, { method: "POST", body: "{}" })).toEqual(paths.map(() => 404));
  });

  test("what a till asks for is", async () => {
    const paths = ["/", "/pos/ui/1", "/web/dataset/call_kw/pos.order/sync_from_ui", "/web/image/1"];
    expect(await statuses(paths)).toEqual(paths.map(() => 200));
    // A port of its own, at which nothing stands in for Odoo.
    expect((await ask("/websocket")).text).toBe("no available server\n");
    const picture = await ask("/web/binary/upload_attachment", { method: "POST", body: "x".repeat(3_000_000) });
    expect(picture.text).toBe("Odoo");
  });

  test("what is too large is refused before it is sent", async () => {
    const asked = (length: string) => ({ method: "POST", headers: { "content-length": length } });
    expect((await ask("/web/binary/upload_attachment", asked("100000000"))).status).toBe(413);
    expect((await ask("/web/login", asked("1000000000"))).status).toBe(413);
  });

  test("log-ins have a measure, and the pages beside them none", async () => {
    const logIns: number[] = [];
    for (let round = 0; round < 8; round += 1)
      logIns.push(...(await statuses(Array(5).fill("/web/login"), { method: "POST", body: "login=x" })));
    expect(logIns.slice(0, 10)).toEqual(Array(10).fill(200));
    expect(new Set(logIns)).toEqual(new Set([200, 429]));
    // More than ten where a busy computer let eleven seconds pass, or its routes changed meanwhile.
    expect(logIns.filter((status) => status === 429).length).toBeGreaterThan(10);
    expect(await statuses(Array(10).fill("/web/login"))).toEqual(Array(10).fill(200));
  });

  test("answers have their headers, also those of Traefik itself", async () => {
    for (const path of ["/", "/web/database/manager"])
      expect((await ask(path)).headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
        "referrer-policy": "strict-origin-when-cross-origin",
        "strict-transport-security": "max-age=15552000",
      });
  });

  test("TLS is 1.2 or newer, and of 1.2 no weak suite is taken", async () => {
    const spoken = async (options: tls.ConnectionOptions) => {
      const { promise, resolve } = Promise.withResolvers<string>();
      const socket = tls.connect({ ...at(), ...options }, () => resolve(socket.getProtocol() ?? "?"));
      socket.on("error", () => resolve("refused"));
      const protocol = await promise;
      socket.destroy();
      return protocol;
    };
    expect(await spoken({})).toBe("TLSv1.3");
    expect(await spoken({ maxVersion: "TLSv1.2" })).toBe("TLSv1.2");
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    expect(await spoken(old)).toBe("refused");
    const weak = "ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA:AES128-SHA:AES128-GCM-SHA256";
    expect(await spoken({ maxVersion: "TLSv1.2", ciphers: weak })).toBe("refused");
  });
});
