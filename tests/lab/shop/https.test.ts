import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import tls from "node:tls";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { awaitAnswer, type Place } from "../../../lab/application-answer.ts";
import { changed } from "../../engine-runs.ts";
import { onHost } from "../on-host.ts";
import { withAuthority, withOdooAt } from "../settings-changes.ts";
import { BrowserTill, openBrowser } from "./browser-till.ts";
import { ShopLab } from "./shop-lab.ts";
import { TillClient } from "./till-client.ts";

const host = "till.lab.test";
const names = "*.lab.test";
const atHost = withOdooAt(host);

/** How long Odoo is away while the till sells on. */
const awayMilliseconds = 120_000;

let shop: ShopLab;
let browser: Browser | undefined;
let place: Required<Place>;

/** A browser that trusts the ingress' root, and no other of the lab's. */
async function openAt(found: Required<Place>): Promise<Browser> {
  await browser?.close();
  place = found;
  browser = await openBrowser({ address: place.address, names, root: place.authority });
  return browser;
}

function opened(): Browser {
  if (browser === undefined) throw new Error("no browser is open");
  return browser;
}

/** Opens the till by plain HTTP, as people type it, and sells; gives the page as it is then. */
async function sellByName(): Promise<BrowserTill> {
  const till = await BrowserTill.open(opened(), shop.address);
  await till.page.goto(`http://${host}/web/login`);
  expect(till.page.url()).toBe(`https://${host}/web/login`);
  await till.logIn(shop.cashier);
  await till.openRegister();
  const receipt = await till.sell("Espresso");
  expect(receipt).toContain(`https://${host}`);
  await till.nextCustomer();
  return till;
}

/** The certificate that the ingress shows for a name, or for none. */
async function shown(servername?: string): Promise<X509Certificate> {
  const { address, authority } = place;
  const identity = servername === undefined ? { checkServerIdentity: () => undefined } : { servername };
  const socket = tls.connect({ host: address, port: 443, ca: authority, ...identity });
  await once(socket, "secureConnect");
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  if (certificate === undefined) throw new Error("the ingress showed no certificate");
  return certificate;
}

beforeAll(async () => {
  shop = await ShopLab.open("https", atHost);
});

afterAll(async () => {
  await browser?.close();
  if (process.env.GRAPPE_LAB_KEEP === undefined) await shop?.lab.close();
});

describe("a till behind the ingress", () => {
  test("with a certificate of an ACME authority: http leads to https, a cashier sells", async () => {
    await shop.lab.timed("three servers with the shop behind the ingress from nothing", () => shop.up());
    const found = await shop.ingress();
    await awaitAnswer(`${shop.address}/web/login`, 120, found);
    await openAt(found);
    const till = await sellByName();
    await till.logOut();
  });

  test("with the shop's own authority in its place, and a second up changes nothing", async () => {
    await shop.configure((configuration) => withAuthority("own")(atHost(configuration)));
    await shop.lab.timed("the shop's own authority in Pebble's place", () => shop.up());
    const found = await shop.ingress();
    expect(new X509Certificate(found.authority).subject).toMatch(/^CN=grappe /);
    await awaitAnswer(`${shop.address}/web/login`, 60, found);
    await openAt(found);
    const certificate = await shown(host);
    expect(certificate.subjectAltName?.split(", ").toSorted()).toEqual(
      ["edge", "till", "traefik"].map((name) => `DNS:${name}.lab.test`).concat(`IP Address:${found.address}`),
    );
    expect((await shown()).fingerprint256).toBe(certificate.fingerprint256);
    expect(changed(await shop.up())).toEqual([]);
  });

  test("its certificate comes back by the timer's own unit, of the same root, without a restart", async () => {
    const before = await shown(host);
    const renew = "sudo systemctl start grappe-certificate.service";
    await onHost(shop.lab, "server-2", `${renew} && systemctl is-active grappe-certificate.timer`);
    expect((await shown(host)).fingerprint256).toBe(before.fingerprint256);
    await shop.lab.api.request({ method: "DELETE", path: "/api/v1/namespaces/traefik/secrets/own-certificate" });
    await onHost(shop.lab, "server-3", renew);
    const deadline = performance.now() + 60_000;
    // Between the two Traefik shows one that nobody trusts.
    let after = await shown(host).catch(() => before);
    while (after.fingerprint256 === before.fingerprint256 && performance.now() < deadline) {
      await delay(500);
      after = await shown(host).catch(() => before);
    }
    expect(after.fingerprint256).not.toBe(before.fingerprint256);
    expect((await shop.ingress()).authority).toBe(place.authority);
  });

  test("the dashboard asks for its password", async () => {
    const { url, user, password } = shop.dashboard;
    const page = await opened().newPage();
    const asked = page.waitForResponse(url);
    // Chromium shows its own error for a demand of log-ins without a page.
    await page.goto(url).catch(() => undefined);
    expect((await asked).status()).toBe(401);
    await page.close();
    const context = await opened().newContext({ httpCredentials: { username: user, password } });
    expect((await (await context.newPage()).goto(url))?.status()).toBe(200);
    await context.close();
  });

  test("a page waits while Odoo is away, and opens what was asked for when it is back", async () => {
    const page = await opened().newPage();
    await shop.scaleOdoo(0);
    try {
      const answer = await page.goto(`${shop.address}/web/login`);
      expect([answer?.status(), answer?.headers()["cache-control"]]).toEqual([503, "no-store"]);
      await page.getByText("goes on by itself").waitFor();
    } finally {
      await shop.scaleOdoo(2);
    }
    await shop.lab.timed("Odoo back, and the waiting page gone", () =>
      page.locator("input[name=login]").waitFor({ timeout: 300_000 }),
    );
    await page.close();
    await shop.whole();
  });

  test("the till sells on while Odoo is away for two minutes, starts in the midst of it, and catches up", async () => {
    const till = await sellByName();
    const client = new TillClient(shop.address, shop.cashier, place);
    await client.logIn(30_000);
    const orders = z.array(z.object({ uuid: z.string(), state: z.string() }));
    const sold = async () =>
      orders.parse(await client.call("pos.order", "search_read", [[], ["uuid", "state"]], 30_000));
    const before = await sold();
    const { page } = till;
    const limited = page.getByRole("button", { name: "Continue with limited functionality" });
    await page.addLocatorHandler(limited, (button) => button.click());
    // It asks before it is left with something unsent.
    page.on("dialog", (dialog) => void dialog.accept());

    const began = performance.now();
    await shop.scaleOdoo(0);
    try {
      await sellOn(till);
      // The register isn't closed without them.
      await till.chooseClosing();
      await delay(3_000);
      expect(await page.getByText("Closing Register").count()).toBe(0);
      await page.evaluate("void posmodel.pushOrdersWithClosingPopup()");
      await page.getByText("Offline Orders").waitFor();
      await page.keyboard.press("Escape");
      // Loaded again it starts, by what its browser keeps.
      await till.openRegister();
      await sellOn(till);
      await delay(Math.max(0, awayMilliseconds - (performance.now() - began)));
    } finally {
      await shop.scaleOdoo(2);
    }
    await shop.whole();
    await client.logIn(30_000);
    const after = await shop.lab.timed("orders of two minutes without Odoo are there", async () => {
      const deadline = performance.now() + 60_000;
      let found = await sold();
      while (found.length < before.length + 4 && performance.now() < deadline) {
        await delay(500);
        found = await sold();
      }
      return found;
    });
    const fresh = after.filter(({ uuid }) => !before.some((one) => one.uuid === uuid));
    expect(fresh.filter(({ state }) => state !== "draft")).toHaveLength(4);
    expect(new Set(fresh.map(({ uuid }) => uuid)).size).toBe(fresh.length);
  });
});

/** Two sales. */
async function sellOn(till: BrowserTill): Promise<void> {
  for (let sale = 0; sale < 2; sale += 1) {
    expect(await till.sell("Espresso")).toMatch(/Espresso/);
    await till.nextCustomer();
  }
}
