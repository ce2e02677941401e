import { createSocket } from "node:dgram";
import { once } from "node:events";
import { RunError } from "@pulumi/pulumi/errors.js";

/** Seconds from NTP's epoch, 1900, to Unix'. */
const epoch = 2_208_988_800;

/** A time (pure) as NTP writes it: 32 bits of seconds since 1900, 32 bits of the fraction. */
function writeTime(packet: Buffer, offset: number, milliseconds: number): void {
  packet.writeUInt32BE((Math.floor(milliseconds / 1_000) + epoch) % 2 ** 32, offset);
  packet.writeUInt32BE(Math.floor(((milliseconds % 1_000) / 1_000) * 2 ** 32), offset + 4);
}

/** The answer (pure) of a time server to a request of SNTP (RFC 4330); `undefined` to anything else. */
export function timeAnswer(request: Uint8Array, milliseconds: number): Buffer | undefined {
  const client = 3;
  const [first = 0] = request;
  if (request.length < 48 || (first & 7) !== client) return undefined;
  const answer = Buffer.alloc(48);
  const version = (first >> 3) & 7;
  answer[0] = (version << 3) | 4; // No leap second; a server.
  answer[1] = 2; // Stratum: its clock is set by somebody.
  answer[2] = request[2] ?? 6;
  answer.writeInt8(-20, 3); // It is exact to a microsecond.
  answer.writeUInt32BE(66, 8); // And off by no more than a millisecond.
  writeTime(answer, 16, milliseconds);
  answer.set(request.subarray(40, 48), 24);
  writeTime(answer, 32, milliseconds);
  writeTime(answer, 40, milliseconds);
  return answer;
}

/** Serves this computer's time at one of its addresses, by NTP, until what it returns is called: machines of a lab reach no other server. */
export async function serveTime(address: string): Promise<() => void> {
  const socket = createSocket("udp4");
  socket.on("message", (request, { port, address: client }) => {
    const answer = timeAnswer(request, Date.now());
    if (answer !== undefined) socket.send(answer, port, client);
  });
  socket.bind(123, address);
  await once(socket, "listening").catch((error: unknown) => {
    throw new RunError(
      `No time server for the lab's machines can listen at ${address}, UDP port 123: ${String(error)}\nFix: run as root, and stop what listens there (ss -ulpn 'sport = :123').`,
    );
  });
  // A run that is over ends, though it forgets to close it.
  socket.unref();
  return () => void socket.close();
}
