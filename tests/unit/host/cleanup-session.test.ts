import ssh2 from "ssh2";
import { afterEach, describe, expect, test } from "vitest";
import { cleanHost, type HostSession, reachHost } from "../../../components/host/cleanup/host-session.ts";
import { connect } from "../../../components/host/cleanup/ssh-connection.ts";
import { newSshKeyPair } from "../../../components/host/ssh-key-pair.ts";

/** An SSH server that lets `user` in and answers every command with an exit code. */
class Machine {
  readonly hostKey = newSshKeyPair();
  readonly login = newSshKeyPair();
  readonly commands: { command: string; input: string }[] = [];
  readonly #server: ssh2.Server;
  port = 0;

  constructor(exitCode: number, output = "") {
    this.#server = new ssh2.Server({ hostKeys: [this.hostKey.privateKey] }, (client) => {
      client.on("authentication", (context) => {
        const known = this.login.publicKey.split(" ")[1];
        const isOurs = context.method === "publickey" && context.key.data.toString("base64") === known;
        if (isOurs) context.accept();
        else context.reject(["publickey"]);
      });
      client.on("error", () => {});
      client.on("session", (accept) => {
        accept().on("exec", (take, _refuse, { command }) => {
          const channel = take();
          let input = "";
          channel.on("data", (chunk: Buffer) => {
            input += chunk.toString();
          });
          channel.on("end", () => {
            this.commands.push({ command, input });
            channel.stderr.write(output);
            channel.exit(exitCode);
            channel.end();
          });
        });
      });
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    this.port = address.port;
    return this;
  }

  session(changes: Partial<HostSession> = {}): HostSession {
    return {
      name: "pi-1",
      address: "127.0.0.1",
      port: this.port,
      user: "grappe",
      privateKey: this.login.privateKey,
      hostKey: this.hostKey.publicKey,
      values: { name: "pi-1", deleteData: "no" },
      ...changes,
    };
  }

  stop(): void {
    this.#server.close();
  }
}

describe("the session with a host", () => {
  let machine: Machine | undefined;
  afterEach(() => machine?.stop());

  test("reaches the pinned machine", async () => {
    machine = await new Machine(0).start();
    expect(await reachHost(machine.session())).toBe("pi-1 answers with its pinned host key");
    expect(machine.commands).toEqual([]);
  });

  test("cleans it, with the values on stdin only", async () => {
    machine = await new Machine(0).start();
    expect(await cleanHost(machine.session({ values: { name: "canary" } }))).toBe("pi-1 is clean");
    expect(machine.commands[0]?.input).toBe("name='canary'\n");
    expect(machine.commands[0]?.command).toContain("# grappe-step: cleanup");
    expect(machine.commands[0]?.command).not.toContain("canary");
  });

  test("a cleanup that fails says why", async () => {
    machine = await new Machine(1, "mount /var/lib/kubelet/x is still there").start();
    await expect(cleanHost(machine.session())).rejects.toThrow(/exit code 1\):\nmount .* is still there/);
  });

  test("another machine at the address is an error at once, and nothing to clean", async () => {
    machine = await new Machine(0).start();
    const session = machine.session({ hostKey: newSshKeyPair().publicKey });
    await expect(reachHost(session)).rejects.toThrow(/another ssh-ed25519 key, not the host key that the settings pin/);
    expect(await cleanHost(session)).toMatch(/^skipped the cleanup: pi-1 .*pin its new key/);
    expect(machine.commands).toEqual([]);
  });

  test("a machine that has no key of the pinned type is another machine", async () => {
    machine = await new Machine(0).start();
    const rsa = ssh2.utils.generateKeyPairSync("rsa", { bits: 2048 });
    await expect(reachHost(machine.session({ hostKey: rsa.public }))).rejects.toThrow(/a key of another type/);
  });

  test("a refused login is an error, also for the cleanup: the machine is there", async () => {
    machine = await new Machine(0).start();
    const session = machine.session({ privateKey: newSshKeyPair().privateKey });
    await expect(reachHost(session)).rejects.toThrow(/lets grappe not in.*authorized_keys/);
    await expect(cleanHost(session)).rejects.toThrow(/lets grappe not in/);
  });

  test("a closed port is told from all that", async () => {
    machine = await new Machine(0).start();
    const session = machine.session();
    machine.stop();
    expect(await connect(session, 2_000)).toMatchObject({ failure: { kind: "unreachable" } });
  });
});
