import type { Resource } from "@pulumi/pulumi";
import type { HostPlan } from "../../settings/settings.ts";

/**
 * In which order the instances of a site that stands may be replaced, as by another image: the bastion, then one server after
 * another, then the agents; each only once the one before it is back in the cluster. A site that doesn't stand yet is made
 * all at once.
 *
 * The engine replaces an instance as soon as the program registers it, and a server that is away can speak for no other one.
 */
export class Turns {
  readonly #joined = new Map<string, PromiseWithResolvers<Resource>>();
  /** Whether any of its servers exists already. */
  readonly siteStands: boolean;
  readonly #before = new Map<string, string>();

  /**
   * @param hosts servers first
   * @param standing names of the servers that exist already
   */
  constructor(hosts: readonly HostPlan[], standing: ReadonlySet<string>) {
    this.siteStands = standing.size > 0;
    let last: string | undefined;
    for (const { name, role } of hosts) {
      this.#joined.set(name, Promise.withResolvers());
      // A new server is waited for by none that stands; agents, old and new, wait for the servers of a site that stands.
      const inTurn = role === "server" ? standing.has(name) : this.siteStands;
      if (inTurn && last !== undefined) this.#before.set(name, last);
      if (role === "server" && standing.has(name)) last = name;
    }
  }

  /** Whether the host has somebody to wait for. */
  isInTurn(host: string): boolean {
    return this.#before.has(host);
  }

  /** What the host waits for. */
  async before(host: string): Promise<Resource[]> {
    const before = this.#before.get(host);
    const joined = before === undefined ? undefined : this.#joined.get(before);
    return joined === undefined ? [] : [await joined.promise];
  }

  /** The host is back at work once this resource stands. */
  settle(host: string, membership: Resource): void {
    this.#joined.get(host)?.resolve(membership);
  }
}
