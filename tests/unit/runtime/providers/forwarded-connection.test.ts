import { once } from "node:events";
import { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { ForwardedConnection } from "../../../../runtime/providers/command/forwarded-connection.ts";

/** A channel that keeps what it was written, and answers with `said`. */
function channelThat(said: readonly string[]): { readonly channel: Duplex; readonly written: string[] } {
  const written: string[] = [];
  const toSay = [...said];
  const channel = new Duplex({
    read() {
      this.push(toSay.shift() ?? null);
    },
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { channel, written };
}

it("hands everything over in order, in few pieces", async () => {
  const { channel, written } = channelThat([]);
  const connection = new ForwardedConnection(channel);
  for (let packet = 0; packet < 9; packet += 1) connection.write(String(packet));
  connection.end();
  await once(channel, "finish");
  expect(written).toEqual(["0", "12345678"]);
});

it("gives what comes, and ends with it", async () => {
  const { channel } = channelThat(["SSH-2.0-", "OpenSSH"]);
  expect(await text(new ForwardedConnection(channel))).toBe("SSH-2.0-OpenSSH");
});

it("closes with the channel, and the channel with it", async () => {
  const first = channelThat([]).channel;
  const closing = once(new ForwardedConnection(first), "close");
  first.destroy();
  await closing;
  const second = channelThat([]).channel;
  new ForwardedConnection(second).destroy();
  expect(second.destroyed).toBe(true);
});
