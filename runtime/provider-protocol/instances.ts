import type { Instance } from "./resource.ts";

/** A provider's instances, by the engine's connection: it has one to each. */
export class Instances {
  readonly #known = new Map<string, Instance>();

  /** @param peer the connection's other end */
  of(peer: string): Instance {
    const known = this.#known.get(peer) ?? { configuration: {} };
    this.#known.set(peer, known);
    return known;
  }
}
