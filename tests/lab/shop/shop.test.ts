import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { crashHost, startHost } from "../../../lab/hardware/hosts.ts";
import { describeLogins } from "../../../lab/logins.ts";
import { repository } from "../../../lab/stack/lab-folder.ts";
import { changed } from "../../engine-runs.ts";
import { BrowserTill, openBrowser } from "./browser-till.ts";
import { Sales, type SalesReport } from "./sales.ts";
import { machines, ShopLab } from "./shop-lab.ts";
import { TillClient } from "./till-client.ts";

const name = "shop";

/** Each machine's loss takes minutes: `npm run nightly` tries them. */
const isNightly = process.env.GRAPPE_NIGHTLY !== undefined;

/** Seconds that no sale may go through, on a computer of two processors that has all three machines. */
const longestPauseSeconds = 120;
const pictures = process.env.GRAPPE_PICTURES ?? join(repository, ".grappe", "pictures");

let shop: ShopLab;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  shop = await ShopLab.open(name);
});

afterAll(async () => {
  await browser?.close();
  if (process.env.GRAPPE_LAB_KEEP === undefined) await shop?.lab.close();
});

/** Sells while something happens to the shop, and until twenty further sales are through. */
async function sellingWhile(what: string, happens: () => Promise<unknown>): Promise<SalesReport> {
  const sales = await Sales.start(new TillClient(shop.address, shop.cashier));
  await sales.more(5);
  await happens();
  await sales.more(20);
  const report = await sales.stop();
  const { confirmed, longestPause } = report;
  process.stdout.write(`${what}: ${confirmed} sales, the longest pause ${longestPause.toFixed(1)} s\n`);
  expect(report).toMatchObject({ lost: [], twice: [] });
  return report;
}

/** The power of a machine is cut, and comes back when the sales went on. */
async function withoutPower(host: string, what: string): Promise<number> {
  const { longestPause } = await sellingWhile(what, () => crashHost(name, host));
  await startHost(name, host);
  await shop.lab.timed(`${what}: all stands again`, () => shop.whole());
  return longestPause;
}

describe("a shop on three machines", () => {
  test("comes up whole, and a second up changes nothing", async () => {
    await shop.lab.timed("three servers with the whole shop from nothing", () => shop.up());
    // As many as there should be, at the very end of `up`.
    await shop.lab.timed("what up leaves to be waited for", () => shop.whole());
    expect(changed(await shop.lab.timed("second up of the whole shop", () => shop.up()))).toEqual([]);
    const { login, password } = shop.cashier;
    expect(describeLogins(await shop.lab.stack.outputs())).toContain(`cashier ${login}: ${password}`);
  });

  test("a cashier sells in a browser, and the receipt leads to the shop", async () => {
    const till = await BrowserTill.open(browser, shop.address);
    await mkdir(pictures, { recursive: true });
    await shop.lab.timed("a cashier logs in, opens the register and sells, in a browser", async () => {
      await till.logIn(shop.cashier);
      await till.openRegister();
      const receipt = await till.sell("Espresso", "Espresso");
      expect(receipt).toMatch(/2\s+Espresso/);
      expect(receipt).toContain(shop.address);
    });
    await till.page.screenshot({ path: join(pictures, "sale.png") });
    await till.nextCustomer();
    await till.logOut();
  });

  test.runIf(isNightly)("the machine of a selling Odoo loses its power", async () => {
    const primary = await shop.primaryNode();
    const [host] = (await shop.odooNodes()).filter((node) => node !== primary);
    if (host === undefined) throw new Error("Odoo runs beside the primary alone");
    expect(await withoutPower(host, "a selling Odoo's machine lost")).toBeLessThan(longestPauseSeconds);
  });

  test.runIf(isNightly)("the machine of the database's primary loses its power", async () => {
    expect(await withoutPower(await shop.primaryNode(), "the primary's machine lost")).toBeLessThan(
      longestPauseSeconds,
    );
  });

  test.runIf(isNightly)("the machine that announces the till's address loses its power", async () => {
    expect(await withoutPower(await shop.announcingNode(), "the announcing machine lost")).toBeLessThan(
      longestPauseSeconds,
    );
  });

  test.runIf(isNightly)("the server with the API's address loses its power", async () => {
    expect(await withoutPower(await shop.apiNode(), "the server with the API's address lost")).toBeLessThan(
      longestPauseSeconds,
    );
  });

  test.runIf(isNightly)(
    "all machines lose their power at once, and the till sells by itself when it is back",
    async () => {
      await sellingWhile("all machines lost and back", async () => {
        for (const host of machines) await crashHost(name, host);
        await delay(2_000);
        for (const host of machines) await startHost(name, host);
      });
      await shop.lab.timed("all machines lost and back: all stands again", () => shop.whole());
    },
  );
});
