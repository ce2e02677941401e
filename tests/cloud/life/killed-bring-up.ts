import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { repository } from "../../../lab/stack/lab-folder.ts";
import { descendantsOf, killProcesses } from "../../../runtime/engine/descendants.ts";
import { isRunning } from "../../../runtime/state/run-lock.ts";
import { changed } from "../../engine-runs.ts";
import { nodes, type StackLife } from "../stack-life.ts";
import type { TestCloud } from "../test-cloud.ts";

const upCommand = ["command-line/grappe.ts", "cloud", "up"];
const kills = 10;
/** How much of all resources stands when the last kill may come: the rest takes longer than the kill does. */
const lastKillAt = 0.85;

/**
 * Begins an `up`, and cuts its power a random moment after so many resources stand. It is a process of its own: in this one
 * the calls of its program would go on failing for minutes, and the next runs would be blamed for them.
 *
 * @returns whether it was at work then
 */
async function killedAt(cloud: TestCloud, resources: number): Promise<boolean> {
  const up = spawn(process.execPath, upCommand, { cwd: repository, stdio: ["ignore", "inherit", "inherit"] });
  const ended = once(up, "close");
  const isAtWork = () => up.exitCode === null;
  while (isAtWork() && (await cloud.resourcesInState()) < resources) await delay(200);
  await Promise.race([ended, delay(Math.random() * 2_000)]);
  const wasAtWork = isAtWork();
  if (wasAtWork && up.pid !== undefined) {
    const processes = [up.pid, ...descendantsOf(up.pid)];
    killProcesses(processes);
    while (processes.some((each) => isRunning(each))) await delay(50);
  }
  await ended;
  return wasAtWork;
}

/** Ten kills at random points of one bring-up, each of which goes on where the one before was killed. */
export function testKilledBringUp(life: StackLife): void {
  test(`the engine is killed at ${kills} random points; the next up converges`, async () => {
    const { cloud } = life;
    const all = life.planned ?? (await cloud.stack.run("preview")).changes.create ?? 0;
    await cloud.timed(`${kills} kills`, async () => {
      for (let kill = 0; kill < kills; kill += 1) {
        const present = await cloud.resourcesInState();
        // On average the kills that are left share what is left evenly.
        const share = Math.max(0, lastKillAt * all - present) / (kills - kill);
        const wanted = Math.min(lastKillAt * all, present + 2 * Math.random() * share);
        expect(await killedAt(cloud, wanted)).toBe(true);
        process.stdout.write(`killed with ${await cloud.resourcesInState()} of ${all} resources\n`);
      }
    });
    await cloud.timed(`up after ${kills} kills`, () => cloud.up());
    expect(await cloud.nodes()).toEqual(nodes);
  });

  test("a second up changes nothing, and so does a refresh", async () => {
    const { cloud } = life;
    expect(changed(await cloud.timed("second up, nothing to do", () => cloud.up()))).toEqual([]);
    expect(changed(await cloud.timed("refresh, nothing to find", () => cloud.stack.run("refresh")))).toEqual([]);
    expect(changed(await cloud.timed("preview after it", () => cloud.stack.run("preview")))).toEqual([]);
  });
}
