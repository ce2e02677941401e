import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { OpenstackApi } from "./openstack-api.ts";

const server = z.looseObject({ name: z.string(), status: z.string() });
const resizing = new Set(["RESIZE", "VERIFY_RESIZE"]);
const pauseMilliseconds = 300;

/** Sees which instances OpenStack resizes, and how many of them at the same time. */
export class ResizeWatch {
  /** In the order in which they were seen first. */
  readonly names = new Set<string>();
  /** The most that were ever seen at once. */
  together = 0;
  #isWatching = true;
  readonly #watching: Promise<void>;

  constructor(openstack: OpenstackApi) {
    this.#watching = this.#watch(openstack);
  }

  async #watch(openstack: OpenstackApi): Promise<void> {
    while (this.#isWatching) {
      const servers = z.array(server).parse(await openstack.list("server"));
      const now = servers.filter(({ status }) => resizing.has(status));
      this.together = Math.max(this.together, now.length);
      for (const { name } of now) this.names.add(name);
      await delay(pauseMilliseconds);
    }
  }

  async stop(): Promise<void> {
    this.#isWatching = false;
    await this.#watching;
  }
}
