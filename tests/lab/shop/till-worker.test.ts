import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { issueFor } from "../../unit/platform/issue-certificate.ts";
import { openBrowser } from "./browser-till.ts";

const file = (name: string) => readFileSync(new URL(`../../../charts/odoo/files/${name}`, import.meta.url), "utf8");
const worker = file("till-worker.js");
const waitingPage = /PAGE = b"""([\s\S]*?)"""/.exec(file("waiting_page.py"))?.[1] ?? "";

/** As Odoo's own page does when it is loaded. */
const register = `navigator.serviceWorker?.register("/pos/service-worker.js").then((registration) => {
  const worker = registration.installing || registration.waiting || registration.active;
  worker.postMessage({ urlsToCache: ["/pos/ui/1", "/web/assets/till.js"] });
}); document.title += " runs";`;

/** What stands before Odoo, and Odoo as far as a till's page is loaded from it. */
class Ingress {
  isOdooThere = true;
  readonly #server: Server;

  constructor(key: string, cert: string) {
    this.#server = createServer({ key, cert }, (request, response) => this.#answer(request, response));
  }

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return z.object({ port: z.number() }).parse(this.#server.address()).port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer({ url = "", headers }: IncomingMessage, response: ServerResponse): void {
    const script = { "content-type": "text/javascript" };
    const html = { "content-type": "text/html", "cache-control": "no-store" };
    if (url === "/pos/service-worker.js") response.writeHead(200, script).end(worker);
    else if (!this.isOdooThere) {
      const isPage = headers.accept?.includes("text/html") === true;
      response.writeHead(503, isPage ? html : {}).end(isPage ? waitingPage : "no available server");
    } else if (url.startsWith("/web/health")) response.end('{"status": "pass"}');
    else if (url.startsWith("/web/assets/")) response.writeHead(200, script).end(register);
    else response.writeHead(200, html).end(`<title>till</title>${url}<script src="/web/assets/till.js"></script>`);
  }
}

describe("a till's page in a browser that trusts the shop's own root", () => {
  let folder: string;
  let ingress: Ingress;
  let address: string;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "grappe-till-worker-"));
    await mkdir(join(folder, "secrets"));
    await issueFor(folder, { names: ["till.lab.test"], address: "127.0.0.1" });
    const part = (path: string) => readFile(join(folder, "secrets", path), "utf8");
    ingress = new Ingress(await part("own-certificate/tls.key"), await part("own-certificate/tls.crt"));
    address = `https://till.lab.test:${await ingress.listen()}`;
    const root = await part("own-authority/tls.crt");
    browser = await openBrowser({ address: "127.0.0.1", names: "*.lab.test", root });
    page = await browser.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    ingress?.close();
    await rm(folder, { recursive: true, force: true });
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
    const refused = await (await other.newPage()).goto(address.replace("till.lab.test", "127.0.0.1")).catch(String);
    expect(refused).toContain("ERR_CERT_AUTHORITY_INVALID");
    await other.close();
  });

  test("starts while Odoo is away, at every address of the till; another page waits, and opens by itself", async () => {
    ingress.isOdooThere = false;
    for (const path of ["/pos/ui/1", "/pos/ui/1", "/pos/ui/1/product/4af0"])
      expect(await opened(path)).toBe("till runs");
    expect(await opened("/odoo")).toBe("One moment");
    ingress.isOdooThere = true;
    await page.waitForFunction("document.title === 'till runs'");
    expect(page.url()).toBe(`${address}/odoo`);
  });

  test("starts while nothing answers at all", async () => {
    ingress.close();
    expect(await opened("/pos/ui/1")).toBe("till runs");
  });
});
