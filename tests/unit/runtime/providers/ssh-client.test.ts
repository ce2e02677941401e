import { once } from "node:events";
import { connect } from "node:net";
import ssh2, { type Connection as Session } from "ssh2";
import { afterEach, expect, it } from "vitest";
import { z } from "zod";
import { newSshKeyPair } from "../../../../components/host/ssh-key-pair.ts";
import { parseConnection } from "../../../../runtime/providers/command/connection.ts";
import { overSsh } from "../../../../runtime/providers/command/ssh-client.ts";

const { privateKey } = newSshKeyPair();
const servers: ssh2.Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** An SSH server on loopback that lets everybody in; what else it does, `serve` says. Returns its port. */
async function sshServer(serve: (session: Session) => void): Promise<number> {
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (session) => {
    session.on("authentication", (context) => context.accept());
    session.on("error", () => undefined);
    serve(session);
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return z.object({ port: z.number() }).parse(server.address()).port;
}

it("dials again where a host's SSH server ends a forwarded connection before it has spoken", async () => {
  const target = await sshServer(() => undefined);
  let forwarded = 0;
  const bastion = await sshServer((session) => {
    session.on("tcpip", (accept) => {
      const channel = accept();
      forwarded += 1;
      if (forwarded > 1) channel.pipe(connect(target, "127.0.0.1")).pipe(channel);
      else {
        // As OpenSSH: it tells the end of what comes, and goes on listening.
        channel.write("SSH-2.0-OpenSSH_9.2p1\r\n");
        channel.eof();
      }
    });
  });
  const common = { host: "127.0.0.1", user: "grappe", password: "any" };
  const connection = parseConnection({ ...common, port: target, proxy: { ...common, port: bastion } });
  const statuses: string[] = [];
  const progress = { signal: new AbortController().signal, status: (message: string) => statuses.push(message) };
  expect(await overSsh(connection, progress, async () => "there")).toBe("there");
  expect(statuses).toEqual(["Dial from proxy 1/10 failed: retrying"]);
}, 10_000);
