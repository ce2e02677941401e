/** A connection as its sharers see it. */
interface Closable {
  end(): unknown;
}

interface Shared<Connection extends Closable> {
  readonly connection: Promise<Connection>;
  users: number;
}

/** OpenSSH's server grants ten sessions on a connection unless it is told otherwise; some are left for who else asks. */
const usersPerConnection = 8;

/**
 * Connections that are shared by what goes to one host at the same time, and closed when nobody uses them any more: to dial
 * takes both sides longer than a small file does. Nothing is kept for later, as a later step may need a connection of its
 * own: it is to see whether the machine is back from its reboot.
 */
export class SharedConnections<Connection extends Closable> {
  readonly #open = new Map<string, Shared<Connection>[]>();

  /** Runs work on the connection to a host, dialled where there is none that has room. */
  async use<Result>(
    host: string,
    dial: () => Promise<Connection>,
    work: (connection: Connection) => Promise<Result>,
  ): Promise<Result> {
    const present = this.#open.get(host) ?? [];
    const roomy = present.find(({ users }) => users < usersPerConnection);
    const shared = roomy ?? { connection: dial(), users: 0 };
    if (roomy === undefined) this.#open.set(host, [...present, shared]);
    shared.users += 1;
    try {
      return await work(await shared.connection);
    } catch (error) {
      // It may be broken: nobody else gets on it.
      this.#forget(host, shared);
      throw error;
    } finally {
      shared.users -= 1;
      if (shared.users === 0) {
        this.#forget(host, shared);
        await shared.connection.then(
          (connection) => connection.end(),
          () => undefined,
        );
      }
    }
  }

  #forget(host: string, shared: Shared<Connection>): void {
    const left = (this.#open.get(host) ?? []).filter((other) => other !== shared);
    if (left.length > 0) this.#open.set(host, left);
    else this.#open.delete(host);
  }
}
