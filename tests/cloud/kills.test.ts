import { afterAll, beforeAll, expect, test } from "vitest";
import { changed } from "../engine-runs.ts";
import { OpenstackApi } from "./openstack-api.ts";
import { TestCloud } from "./test-cloud.ts";

const kills = 10;
/** A bring-up takes at least this long. */
const bringUpSeconds = 60;

let cloud: TestCloud;
let openstack: OpenstackApi;
let untouched: readonly string[];

beforeAll(async () => {
  openstack = await OpenstackApi.asUser();
  cloud = await TestCloud.open();
  await cloud.stack.run("destroy");
  untouched = await openstack.everything();
});

afterAll(async () => {
  if (process.env.GRAPPE_CLOUD_KEEP === undefined) await cloud.stack.run("destroy");
  cloud.stack.close();
});

/** Kills the engine, as a power failure would, so long after its start. @returns whether it was at work then */
async function killedAfter(seconds: number): Promise<boolean> {
  let wasKilled = false;
  const timer = setTimeout(() => {
    wasKilled = true;
    cloud.stack.command.kill();
  }, seconds * 1_000);
  await cloud.stack.run("up").catch(() => undefined);
  clearTimeout(timer);
  return wasKilled;
}

test(`the engine is killed at ${kills} random points of a bring-up; the next up converges`, async () => {
  for (let kill = 0; kill < kills; kill += 1) {
    const seconds = 3 + Math.random() * (bringUpSeconds / kills) * 2;
    process.stdout.write(`killed after ${seconds.toFixed(1)} s\n`);
    expect(await killedAfter(seconds)).toBe(true);
  }
  await cloud.timed(`up after ${kills} kills`, () => cloud.up());
  expect(Object.values(await cloud.nodes())).toEqual([true, true, true]);
  expect(changed(await cloud.up())).toEqual([]);
});

test("a destroy afterwards leaves nothing, what was made twice included", async () => {
  await cloud.stack.run("destroy");
  expect(await openstack.everything()).toEqual(untouched);
});
