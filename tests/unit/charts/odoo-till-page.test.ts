import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { installed } from "./installed-odoo.ts";
import { field, objectOf } from "./rendered-chart.ts";

const script = readFileSync(new URL("../../../charts/odoo/files/send-pending-orders.js", import.meta.url), "utf8");

interface Order {
  id: string | number;
  readonly uuid: string;
  readonly finalized: boolean;
  _dirty: boolean;
}

class ConnectionLostError extends Error {}

/** A till as far as Odoo 19's sends orders: what is written down for the server isn't dirty any more, whether it arrives or not. */
class Till {
  readonly arrived: string[] = [];
  isServerThere = true;
  readonly pendingOrder = { create: new Set<string | number>() };
  readonly #orders = new Map<string | number, Order>();
  readonly models = { "pos.order": { get: (id: string | number) => this.#orders.get(id) } };

  add(uuid: string, finalized = true): void {
    this.#orders.set(uuid, { id: uuid, uuid, finalized, _dirty: true });
    this.pendingOrder.create.add(uuid);
  }

  async syncAllOrders(options: { readonly throw?: boolean } = {}): Promise<void> {
    for (const order of this.#orders.values()) {
      if (!order._dirty) continue;
      order._dirty = false;
      await Promise.resolve();
      if (this.isServerThere) {
        this.arrived.push(order.uuid);
        order.id = this.arrived.length;
      } else if (options.throw === true) throw new ConnectionLostError();
    }
  }

  async pushOrdersWithClosingPopup(options = {}): Promise<boolean> {
    try {
      await this.syncAllOrders(options);
      return true;
    } catch {
      return false;
    }
  }
}

let till: Till;

beforeEach(() => {
  vi.useFakeTimers();
  till = new Till();
  const { setInterval, clearInterval } = globalThis;
  runInContext(script, createContext({ window: { posmodel: till }, setInterval, clearInterval }));
});
afterEach(() => vi.useRealTimers());

/** The script has found the till. */
const started = () => vi.advanceTimersByTimeAsync(500);

async function sellWhileAway(): Promise<void> {
  await started();
  till.isServerThere = false;
  till.add("first");
  await expect(till.syncAllOrders({ throw: true })).rejects.toThrow(ConnectionLostError);
}

test("what couldn't be sent is sent by itself once the server is back, once", async () => {
  await sellWhileAway();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(till.arrived).toEqual([]);
  till.isServerThere = true;
  await vi.advanceTimersByTimeAsync(11_000);
  expect(till.arrived).toEqual(["first"]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(till.arrived).toEqual(["first"]);
});

test("the next sale brings what was left behind", async () => {
  await sellWhileAway();
  till.isServerThere = true;
  till.add("second");
  await till.syncAllOrders({ throw: true });
  expect(till.arrived).toEqual(["first", "second"]);
});

test("the register isn't closed without what was sold", async () => {
  await sellWhileAway();
  expect(await till.pushOrdersWithClosingPopup()).toBe(false);
  till.isServerThere = true;
  expect(await till.pushOrdersWithClosingPopup()).toBe(true);
  expect(till.arrived).toEqual(["first"]);
});

test("an order that nobody has paid yet is left alone", async () => {
  await started();
  till.isServerThere = false;
  till.add("open", false);
  await till.syncAllOrders();
  till.isServerThere = true;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(till.arrived).toEqual([]);
});

test("the initialisation has the script", { timeout: 600_000 }, async () => {
  const data = field(objectOf(await installed({}), "ConfigMap", "odoo-scripts"), "data");
  expect(Reflect.get(Object(data), "send-pending-orders.js")).toBe(script);
});
