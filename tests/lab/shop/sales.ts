import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { TillClient } from "./till-client.ts";

const registers = z.array(
  z.object({
    current_session_id: z.tuple([z.number(), z.string()]),
    payment_method_ids: z.array(z.number()),
    pricelist_id: z.union([z.tuple([z.number(), z.string()]), z.literal(false)]),
  }),
);
const methods = z.array(z.object({ id: z.number() }));
const products = z.array(z.object({ id: z.number(), lst_price: z.number() }));
const orders = z.array(z.object({ uuid: z.string(), state: z.string() }));

interface Register {
  readonly session: number;
  readonly cash: number;
  readonly product: { readonly id: number; readonly lst_price: number };
}

/** What a till sends when a customer has paid, as `create_ui_order_data` of Odoo's own tests has it. */
function order(uuid: string, { session, cash, product }: Register) {
  const price = product.lst_price;
  const date = new Date().toISOString().slice(0, 19).replace("T", " ");
  const line = {
    ...{ product_id: product.id, qty: 1, price_unit: price, price_subtotal: price, price_subtotal_incl: price },
    ...{ discount: 0, tax_ids: [[6, 0, []]], pack_lot_ids: [] },
  };
  return {
    ...{ uuid, name: `Order ${uuid}`, session_id: session, date_order: date, state: "paid", to_invoice: false },
    ...{ amount_paid: price, amount_total: price, amount_tax: 0, amount_return: 0 },
    ...{ partner_id: false, fiscal_position_id: false, pricelist_id: false, last_order_preparation_change: "{}" },
    lines: [[0, 0, line]],
    payment_ids: [[0, 0, { amount: price, name: date, payment_method_id: cash }]],
  };
}

async function openRegister(till: TillClient): Promise<Register> {
  const fields = ["current_session_id", "payment_method_ids", "pricelist_id"];
  const [register] = registers.parse(await till.call("pos.config", "search_read", [[], fields]));
  if (register === undefined) throw new Error("there is no open register");
  const isCash = [
    ["id", "in", register.payment_method_ids],
    ["is_cash_count", "=", true],
  ];
  const [cash] = methods.parse(await till.call("pos.payment.method", "search_read", [isCash, ["id"]]));
  const sold = [
    ["available_in_pos", "=", true],
    ["name", "=", "Espresso"],
  ];
  const [product] = products.parse(await till.call("product.product", "search_read", [sold, ["lst_price"]]));
  if (cash === undefined || product === undefined) throw new Error("the register takes no cash, or sells no espresso");
  return { session: register.current_session_id[0], cash: cash.id, product };
}

/** A confirmed sale. */
export interface Sale {
  readonly uuid: string;
  /** When it was confirmed. */
  readonly at: Date;
}

/** What became of the sales. */
export interface SalesReport {
  readonly confirmed: number;
  /** The longest time between two confirmed sales, in seconds. */
  readonly longestPause: number;
  /** Numbers of sales that were confirmed and that the database doesn't have, or has more than once. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
}

const secondMilliseconds = 1_000;

/** A sale a second, each with a number of its own; one that isn't confirmed is sent again until it is, as a till does. */
export class Sales {
  readonly #till: TillClient;
  readonly #confirmed: Sale[] = [];
  readonly #running: Promise<void>;
  #last = performance.now();
  #longest = 0;
  #isRunning = true;

  private constructor(till: TillClient, register: Register) {
    this.#till = till;
    this.#running = this.#sell(register);
  }

  static async start(till: TillClient): Promise<Sales> {
    await till.logIn(30_000);
    return new Sales(till, await openRegister(till));
  }

  async #sell(register: Register): Promise<void> {
    while (this.#isRunning) {
      const began = performance.now();
      const uuid = randomUUID();
      if (!(await this.#confirm(order(uuid, register)))) return;
      this.#confirmed.push({ uuid, at: new Date() });
      this.#longest = Math.max(this.#longest, performance.now() - this.#last);
      this.#last = performance.now();
      await delay(Math.max(0, secondMilliseconds - (performance.now() - began)));
    }
  }

  /** Whether it is confirmed, as it is unless the selling ends before. */
  async #confirm(sale: ReturnType<typeof order>): Promise<boolean> {
    for (;;) {
      const isConfirmed = await this.#till.call("pos.order", "sync_from_ui", [[sale]]).then(
        () => true,
        () => false,
      );
      if (isConfirmed) return true;
      if (!this.#isRunning) return false;
      await delay(250);
    }
  }

  /** Those that are confirmed by now, the oldest first. */
  get confirmed(): readonly Sale[] {
    return this.#confirmed;
  }

  /** How many are confirmed by now. */
  get count(): number {
    return this.#confirmed.length;
  }

  /** Waits until so many more sales are confirmed. */
  async more(sales: number): Promise<void> {
    const goal = this.count + sales;
    while (this.count < goal) await delay(100);
  }

  /** Stops selling, whatever answers still; what was confirmed. */
  async end(): Promise<readonly Sale[]> {
    this.#isRunning = false;
    await this.#running;
    return this.#confirmed;
  }

  /** Stops selling and asks the database for every sale. */
  async stop(): Promise<SalesReport> {
    const confirmed = (await this.end()).map(({ uuid }) => uuid);
    const ofThese = [["uuid", "in", confirmed]];
    const found = orders.parse(await this.#till.call("pos.order", "search_read", [ofThese, ["uuid", "state"]], 30_000));
    const times = (uuid: string): number => found.filter((one) => one.uuid === uuid && one.state !== "draft").length;
    return {
      confirmed: this.count,
      longestPause: this.#longest / secondMilliseconds,
      lost: confirmed.filter((uuid) => times(uuid) === 0),
      twice: confirmed.filter((uuid) => times(uuid) > 1),
    };
  }
}
