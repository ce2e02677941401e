import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { awaitAnswer } from "../../../lab/application-answer.ts";
import { behindIngress, installed } from "../../unit/charts/installed-odoo.ts";
import { ownAddress } from "../small-api.ts";
import { openBrowser } from "./browser-till.ts";
import { type Answers, LocalIngress } from "./local-ingress.ts";

const host = behindIngress.expose.host;

/** As Odoo's own page does when it is loaded. */
const register = `navigator.serviceWorker?.register("/pos/service-worker.js").then((registration) => {
  const worker = registration.installing || registration.waiting || registration.active;
  worker.postMessage({ urlsToCache: ["/pos/ui/1", "/web/assets/till.js"] });
}); document.title += " runs";`;

/** Odoo as far as a till's page is loaded from it. */
const odoo: Answers = ({ url = "" }, response) => {
  const html = { "content-type": "text/html", "cache-control": "no-store" };
  if (url.startsWith("/web/health")) response.end('{"status": "pass"}');
  else if (url.startsWith("/web/assets/")) response.writeHead(200, { "content-type": "text/javascript" }).end(register);
  else if (url === "/pos/service-worker.js") response.writeHead(500).end("Odoo's own, which nobody is to get");
  else response.writeHead(200, html).end(`<title>till</title>${url}<script src="/web/assets/till.js"></script>`);
};

describe("a till's page behind the chart's routes, in a browser that trusts the shop's own root", () => {
  let ingress: LocalIngress;
  let address: string;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const own = { className: "traefik", namespace: "traefik", entryPoint: "websecure" } as const;
    ingress = await LocalIngress.open(host, await installed(behindIngress, [], own), odoo);
    address = `https://${host}:${ingress.port}`;
    const { code, stdout: root, stderr } = await ingress.issue([host], "yes");
    expect([code, stderr]).toEqual([0, ""]);
    await awaitAnswer(`${address}/web/health`, 60, { address: ownAddress(), authority: root });
    browser = await openBrowser({ address: ownAddress(), names: host, root });
    page = await browser.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await ingress?.close();
  });

  const opened = async (path: string) => {
    await page.goto(`${address}${path}`);
    await page.waitForFunction("document.title !== 'till'");
    return await page.title();
  };

  test("is loaded, and a browser that doesn't trust the root refuses it", async () => {
    expect(await opened("/pos/ui/1")).toBe("till runs");
    await page.waitForFunction("caches.match('/pos/ui/1').then(Boolean)");
    await page.waitForFunction("caches.match('/web/assets/till.js').then(Boolean)");
    const other = await openBrowser();
    const refused = await (await other.newPage()).goto(`https://${ownAddress()}:${ingress.port}`).catch(String);
    expect(refused).toContain("ERR_CERT_AUTHORITY_INVALID");
    await other.close();
  });

  test("starts while Odoo is away, at every address of the till; another page waits, and opens by itself", async () => {
    await ingress.takeOdoo();
    for (const path of ["/pos/ui/1", "/pos/ui/1", "/pos/ui/1/product/4af0"])
      expect(await opened(path)).toBe("till runs");
    const answer = await page.goto(`${address}/odoo`);
    expect([answer?.status(), answer?.headers()["cache-control"]]).toEqual([503, "no-store"]);
    expect(await page.title()).toBe("One moment");
    await ingress.bringOdoo();
    await page.waitForFunction("document.title === 'till runs'");
    expect(page.url()).toBe(`${address}/odoo`);
  });

  test("a till that starts meanwhile is told that its words are the right ones, as it shows an error otherwise", async () => {
    await ingress.takeOdoo();
    expect(await opened("/pos/ui/1")).toBe("till runs");
    const asked = (query: string) =>
      page.evaluate(
        `fetch("/web/webclient/translations?${query}", { cache: "no-store" }).then(async (one) => [one.status, await one.text()])`,
      );
    await expect.poll(() => asked("lang=en_US"), { timeout: 20_000 }).toEqual([503, "no available server\n"]);
    expect(await asked("hash=ab12&lang=en_US")).toEqual([200, '{"hash":"ab12"}']);
    await ingress.bringOdoo();
  });

  test("what isn't a page keeps Traefik's own answer, which a till takes for a lost connection", async () => {
    await ingress.takeOdoo();
    const call =
      'fetch("/web/dataset/call_kw", { method: "POST" }).then(async (one) => [one.status, await one.text()])';
    const gone = [503, "no available server\n"];
    await expect.poll(() => page.evaluate(call), { timeout: 20_000 }).toEqual(gone);
    await ingress.bringOdoo();
  });

  test("starts while nothing answers at all", async () => {
    await ingress.close();
    expect(await opened("/pos/ui/1")).toBe("till runs");
  });
});
