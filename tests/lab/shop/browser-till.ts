import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { ensurePrograms } from "../../../runtime/toolchain/debian-packages.ts";
import type { Login } from "./till-client.ts";

/** What a till's page needs: a screen of a usual tablet's size. */
const screen = { width: 1280, height: 800 };

const run = promisify(execFile);

/** An ingress, as a browser gets to it and trusts it. */
export interface TrustedIngress {
  /** IPv4 address to which its names lead. */
  readonly address: string;
  /** Pattern of its names, such as `*.lab.test`. */
  readonly names: string;
  /** PEM. */
  readonly root: string;
}

/** A home whose store of certificates (NSS), which Chromium reads, has a further root, as docs/https.md puts it there. */
async function homeThatTrusts(root: string): Promise<string> {
  await ensurePrograms([{ program: "certutil", debianPackage: "libnss3-tools" }]);
  const home = await mkdtemp(join(tmpdir(), "grappe-browser-"));
  const [store, file] = [`sql:${join(home, ".pki", "nssdb")}`, join(home, "root.crt")];
  await mkdir(join(home, ".pki", "nssdb"), { recursive: true });
  await writeFile(file, root);
  await run("certutil", ["-d", store, "-N", "--empty-password"]);
  await run("certutil", ["-d", store, "-A", "-n", "grappe", "-t", "C,,", "-i", file]);
  return home;
}

/** Debian's Chromium; it is installed where it is missing. No error of a certificate is passed over. */
export async function openBrowser(ingress?: TrustedIngress): Promise<Browser> {
  await ensurePrograms([{ program: "chromium", debianPackage: "chromium" }]);
  // As root it has no sandbox; it only ever sees pages of the lab.
  const options = { executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] };
  if (ingress === undefined) return await chromium.launch(options);
  const home = await homeThatTrusts(ingress.root);
  const args = [...options.args, `--host-resolver-rules=MAP ${ingress.names} ${ingress.address}`];
  const browser = await chromium.launch({ ...options, args, env: { ...process.env, HOME: home } });
  browser.on("disconnected", () => void rm(home, { recursive: true, force: true }));
  return browser;
}

/** A till in a browser, used as a cashier uses it. */
export class BrowserTill {
  readonly page: Page;
  readonly #address: string;

  private constructor(page: Page, address: string) {
    this.page = page;
    this.#address = address;
  }

  static async open(browser: Pick<Browser, "newPage">, address: string): Promise<BrowserTill> {
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

  /** Chooses *Close Register* in the menu. */
  async chooseClosing(): Promise<void> {
    await this.page.locator(".pos-topheader .fa-bars, .navbar-menu .fa-bars").last().click();
    await this.page.locator(".pos-burger-menu-items").getByText("Close Register").click();
  }

  async nextCustomer(): Promise<void> {
    await this.page.getByText("New Order").first().click();
  }

  async logOut(): Promise<void> {
    await this.page.goto(`${this.#address}/web/session/logout`);
    await this.page.locator("input[name=login]").waitFor();
  }
}
