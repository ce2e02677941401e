import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { defaultNetworks } from "../../../lab/hardware/addresses.ts";
import { removeHosts } from "../../../lab/hardware/hosts.ts";
import { removeLabFolder } from "../../../lab/stack/lab-folder.ts";
import type { Configuration } from "../../../lab/stack/lab-settings.ts";
import type { LabRunResult } from "../../../lab/stack/lab-stack.ts";
import { changed, failureOf } from "../../engine-runs.ts";
import { withBackup, withOdoo, withoutOdoo } from "../settings-changes.ts";
import { S3Store } from "./s3-store.ts";
import { type Sale, Sales } from "./sales.ts";
import { ShopLab } from "./shop-lab.ts";
import { TillClient } from "./till-client.ts";

const former = "saved";
const later = "restored";

/** What a shop may lose with all of its machines. */
const recoveryPointSeconds = 5;
/** From nothing but machines and the bucket to the first sale. */
const recoverySeconds = 360;

type Change = (configuration: Configuration) => Configuration;

const outputs = z.object({ backups: z.object({ odoo: z.object({ server: z.string() }) }) });
const orders = z.array(z.object({ uuid: z.string() }));

let store: S3Store;
let shop: ShopLab;
let sold: readonly Sale[] = [];
/** The former database's name in the bucket. */
let server = "";
let deleted: { readonly sale: Sale; readonly at: Date } | undefined;

const stored: Change = (configuration) =>
  withBackup({
    endpoint: store.endpoint,
    bucket: "shop",
    accessKey: store.accessKey,
    certificateAuthority: store.certificate,
  })(configuration);

const secrets = () => ({ "grappe:backupSecretKey": store.secretKey });

const serverOf = (result: LabRunResult) => outputs.parse(result.outputs).backups.odoo.server;

/** Waits for the first whole copy: no earlier moment can be restored. */
async function firstCopy(): Promise<void> {
  const deadline = performance.now() + 300_000;
  for (;;) {
    const stores = await shop.lab.api.list("barmancloud.cnpg.io/v1", "ObjectStore", "odoo", "");
    if (JSON.stringify(stores).includes("firstRecoverabilityPoint")) return;
    if (performance.now() > deadline) throw new Error(`no copy was made: ${JSON.stringify(stores)}`);
    await delay(1_000);
  }
}

/** Those of the given sales that the till knows. */
async function known(sales: readonly Sale[]): Promise<ReadonlySet<string>> {
  const till = new TillClient(shop.address, shop.cashier);
  await till.logIn(30_000);
  const these = [["uuid", "in", sales.map(({ uuid }) => uuid)]];
  const found = orders.parse(await till.call("pos.order", "search_read", [these, ["uuid"]], 30_000));
  expect(new Set(found.map(({ uuid }) => uuid)).size).toBe(found.length);
  return new Set(found.map(({ uuid }) => uuid));
}

beforeAll(async () => {
  store = new S3Store(await mkdtemp(join(tmpdir(), "grappe-s3-")));
  shop = await ShopLab.open(former, undefined, ["barman-cloud"]);
});

afterAll(async () => {
  await store?.stop();
  if (process.env.GRAPPE_LAB_KEEP !== undefined) return;
  await shop?.lab.close();
  await removeHosts(former);
  await removeLabFolder(former);
  await rm(store.folder, { recursive: true, force: true });
});

describe("a shop whose database is saved to a bucket", () => {
  test("a wrong key is told by the up that sets it, with the setting", async () => {
    await store.answerAt(defaultNetworks(former).cluster.gateway);
    await shop.configure(stored, { "grappe:backupSecretKey": "wrong" });
    expect(await failureOf(shop.up())).toMatch(/grappe:backupSecretKey/);
  });

  test("with the right one the bucket has its newest change when up ends, and a second up changes nothing", async () => {
    await shop.configure(stored, secrets());
    server = serverOf(await shop.lab.timed("the shop, whose database is saved", () => shop.up()));
    const { objects, bytes } = await store.size(server);
    process.stdout.write(`in the bucket: ${objects} objects, ${(bytes / 1e6).toFixed(1)} MB\n`);
    expect(objects).toBeGreaterThan(0);
    expect(changed(await shop.up())).toEqual([]);
  });

  test("sells 200 orders, one is deleted by mistake, and all machines go at once", async () => {
    await shop.whole();
    await shop.lab.timed("the first whole copy, after up", firstCopy);
    const sales = await Sales.start(new TillClient(shop.address, shop.cashier));
    await sales.more(60);
    const [victim] = sales.confirmed.slice(-20);
    if (victim === undefined) throw new Error("nothing was sold");
    deleted = { sale: victim, at: new Date() };
    const its = `(SELECT id FROM pos_order WHERE uuid = '${victim.uuid}')`;
    await shop.query(
      `BEGIN; DELETE FROM pos_payment WHERE pos_order_id IN ${its}; DELETE FROM pos_order_line WHERE order_id IN ${its}; DELETE FROM pos_order WHERE uuid = '${victim.uuid}'; COMMIT`,
    );
    await sales.more(140 + Math.floor(Math.random() * 10));
    await removeHosts(former);
    sold = await sales.end();
    shop.lab.stack.close();
    expect(sold.length).toBeGreaterThanOrEqual(200);
  });

  test("comes up on new machines with every order that was confirmed five seconds before the end", async () => {
    await store.stop();
    shop = await ShopLab.open(later);
    await store.answerAt(defaultNetworks(later).cluster.gateway);
    await shop.configure((configuration) => stored(withOdoo({ restore: { from: server } })(configuration)), secrets());
    await shop.lab.timed("another shop with the former's data, from nothing to a sale", async () => {
      const began = performance.now();
      await shop.up();
      const sales = await Sales.start(new TillClient(shop.address, shop.cashier));
      await sales.more(1);
      expect((performance.now() - began) / 1_000).toBeLessThan(recoverySeconds);
      await sales.stop();
    });
    const there = await known(sold);
    const missing = sold.filter(({ uuid }) => !there.has(uuid) && uuid !== deleted?.sale.uuid);
    const end = sold.at(-1)?.at.getTime() ?? 0;
    const lost = missing.map(({ at }) => (end - at.getTime()) / 1_000);
    process.stdout.write(
      `of ${sold.length} orders ${missing.length} are lost, the oldest of ${Math.max(0, ...lost)} s before the end\n`,
    );
    expect(lost.filter((seconds) => seconds > recoveryPointSeconds)).toEqual([]);
    expect(there.has(deleted?.sale.uuid ?? "")).toBe(false);
  });

  test("a living database isn't overwritten", async () => {
    const again = withOdoo({ restore: { from: server, at: deleted?.at.toISOString() } });
    await shop.configure((configuration) => stored(again(configuration)));
    expect(await failureOf(shop.up())).toMatch(/grappe:apps\.odoo\.restore/);
  });

  test("in its place comes the shop of a second before the mistake, with the order that was deleted", async () => {
    await shop.configure((configuration) => stored(withoutOdoo(configuration)));
    await shop.lab.up();
    const at = new Date((deleted?.at.getTime() ?? 0) - 1_000);
    const before = withOdoo({ restore: { from: server, at: at.toISOString() } });
    await shop.configure((configuration) => stored(before(configuration)));
    await shop.lab.timed("the shop of a moment, in the place of the one that stood", () => shop.up());
    const there = await known(sold);
    expect(there.has(deleted?.sale.uuid ?? "")).toBe(true);
    const past = sold.filter(({ uuid }) => there.has(uuid)).map((sale) => sale.at.getTime());
    expect(Math.max(...past)).toBeLessThan(at.getTime() + 2_000);
    await delay(1_000);
    expect(changed(await shop.up())).toEqual([]);
  });
});
