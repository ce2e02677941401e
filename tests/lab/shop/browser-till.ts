import { type Browser, chromium, type Page } from "playwright-core";
import { ensurePrograms } from "../../../lab/toolchain/debian-packages.ts";
import type { Login } from "./till-client.ts";

/** What a till's page needs: a screen of a usual tablet's size. */
const screen = { width: 1280, height: 800 };

/** Debian's Chromium; it is installed where it is missing. */
export async function openBrowser(): Promise<Browser> {
  await ensurePrograms([{ program: "chromium", debianPackage: "chromium" }]);
  // As root it has no sandbox; it only ever sees pages of the lab.
  return await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
}

/** A till in a browser, used as a cashier uses it. */
export class BrowserTill {
  readonly page: Page;
  readonly #address: string;

  private constructor(page: Page, address: string) {
    this.page = page;
    this.#address = address;
  }

  static async open(browser: Browser, address: string): Promise<BrowserTill> {
    const page = await browser.newPage({ viewport: screen });
    page.setDefaultTimeout(60_000);
    return new BrowserTill(page, address);
  }

  async logIn({ login, password }: Login): Promise<void> {
    await this.page.goto(`${this.#address}/web/login`);
    await this.page.locator("input[name=login]").fill(login);
    await this.page.locator("input[name=password]").fill(password);
    await this.page.locator("form.oe_login_form button[type=submit]").first().click();
    await this.page.waitForURL(/\/odoo/);
  }

  /** Opens the first register with an empty drawer, unless it is open. */
  async openRegister(): Promise<void> {
    await this.page.goto(`${this.#address}/pos/ui/1`);
    await this.page.getByText("Open Register").first().click();
    await this.page.locator(".product-screen .product").first().waitFor();
    const opening = this.page.locator(".modal-footer button.btn-primary");
    const isAsked = await opening.waitFor({ timeout: 5_000 }).then(
      () => true,
      () => false,
    );
    if (isAsked) await opening.click();
  }

  /** Sells, for cash, one of each named product, and gives the receipt's text. */
  async sell(...names: readonly string[]): Promise<string> {
    const { page } = this;
    for (const name of names) await page.locator(".product-screen .product", { hasText: name }).first().click();
    await page.locator(".pay-order-button").click();
    await page.locator(".paymentmethod", { hasText: "Cash" }).first().click();
    await page.locator(".validation-button, .button.next.validation").first().click();
    const receipt = page.locator(".pos-receipt");
    await receipt.waitFor();
    return await receipt.innerText();
  }

  async nextCustomer(): Promise<void> {
    await this.page.getByText("New Order").first().click();
  }

  async logOut(): Promise<void> {
    await this.page.goto(`${this.#address}/web/session/logout`);
    await this.page.locator("input[name=login]").waitFor();
  }
}
