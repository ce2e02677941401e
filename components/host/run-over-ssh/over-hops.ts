import type { Client } from "ssh2";

/**
 * Connects to a bastion, where there is one, and through it to a host; the connections end with what uses the last one.
 *
 * @param hops the bastion, where there is one, and the host itself
 * @param connect to a hop, through the connection of the one before it
 */
export async function overHops<Hop, Result>(
  hops: readonly Hop[],
  connect: (hop: Hop, through: Client | undefined) => Promise<Client>,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const clients: Client[] = [];
  try {
    for (const hop of hops) clients.push(await connect(hop, clients.at(-1)));
    const last = clients.at(-1);
    if (last === undefined) throw new Error("no way to the host was given");
    return await use(last);
  } finally {
    for (const client of clients.reverse()) client.end();
  }
}
