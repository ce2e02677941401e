import { connect } from "node:net";

const last = 65_535;
/** Sockets at once; a host refuses at once where nothing listens. */
const workers = 512;
const silentMilliseconds = 2_000;

async function isOpen(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port });
  socket.setTimeout(silentMilliseconds);
  socket.once("connect", () => resolve(true));
  socket.once("timeout", () => resolve(false));
  // Refused; anything else, such as too many sockets, is no answer of the host.
  socket.once("error", (error) => {
    if (Reflect.get(error, "code") === "ECONNREFUSED") resolve(false);
    else resolve(Promise.reject(error));
  });
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

/** Every TCP port at which a host answers, of all that there are. */
export async function openPortsAt(host: string): Promise<readonly number[]> {
  const open: number[] = [];
  let next = 1;
  const scan = async () => {
    for (let port = next++; port <= last; port = next++) if (await isOpen(host, port)) open.push(port);
  };
  await Promise.all(Array.from({ length: workers }, scan));
  return open.toSorted((one, other) => one - other);
}
