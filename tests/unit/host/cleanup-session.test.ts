import ssh2 from "ssh2";
import { afterEach, describe, expect, test } from "vitest";
import { cleanHost, type HostSession, reachHost } from "../../../components/host/cleanup/host-session.ts";
import { connect } from "../../../components/host/cleanup/ssh-connection.ts";
import { newSshKeyPair } from "../../../components/host/ssh-key-pair.ts";
import { ownToolkit } from "../../../components/host/toolkit/toolkit.ts";
import { SshMachine } from "./ssh-server.ts";

const sessionOn = (machine: SshMachine, changes: Partial<HostSession> = {}): HostSession => ({
  name: "pi-1",
  address: "127.0.0.1",
  port: machine.port,
  user: "grappe",
  privateKey: machine.login.privateKey,
  hostKey: machine.hostKey.publicKey,
  values: { name: "pi-1", deleteData: "no" },
  ...changes,
});

describe("the session with a host", () => {
  let machine: SshMachine | undefined;
  afterEach(() => machine?.stop());

  test("reaches the pinned machine, and brings our scripts to it", async () => {
    machine = await new SshMachine().start();
    expect(await reachHost(sessionOn(machine))).toBe("pi-1 answers with its pinned host key");
    const commands = machine.commands.map(({ command }) => command);
    expect(commands).toEqual([expect.stringMatching(new RegExp(`grappe-toolkit ${ownToolkit().hash} `))]);
  });

  test("a machine that can't take our scripts says why", async () => {
    const stderr = "pi-1: grappe's scripts can't be put into /usr/local/lib/grappe: it can't be made.";
    machine = await new SshMachine(() => ({ code: 1, stderr })).start();
    await expect(reachHost(sessionOn(machine))).rejects.toThrow(`to pi-1 failed (exit code 1):\n${stderr}`);
  });

  test("cleans it, with the values on stdin only", async () => {
    machine = await new SshMachine().start();
    expect(await cleanHost(sessionOn(machine, { values: { name: "canary" } }))).toBe("pi-1 is clean");
    expect(machine.commands[0]?.input).toBe("name='canary'\n");
    expect(machine.commands[0]?.command).toContain("# grappe-step: cleanup");
    expect(machine.commands[0]?.command).not.toContain("canary");
  });

  test("a cleanup that fails says why", async () => {
    machine = await new SshMachine(() => ({ code: 1, stderr: "mount /var/lib/kubelet/x is still there" })).start();
    await expect(cleanHost(sessionOn(machine))).rejects.toThrow(/exit code 1\):\nmount .* is still there/);
  });

  test("another machine at the address is an error at once, and nothing to clean", async () => {
    machine = await new SshMachine().start();
    const session = sessionOn(machine, { hostKey: newSshKeyPair().publicKey });
    await expect(reachHost(session)).rejects.toThrow(/another ssh-ed25519 key, not the host key that the settings pin/);
    expect(await cleanHost(session)).toMatch(/^skipped the cleanup: pi-1 .*pin its new key/);
    expect(machine.commands).toEqual([]);
  });

  test("a machine that has no key of the pinned type is another machine", async () => {
    machine = await new SshMachine().start();
    const rsa = ssh2.utils.generateKeyPairSync("rsa", { bits: 2048 });
    await expect(reachHost(sessionOn(machine, { hostKey: rsa.public }))).rejects.toThrow(/a key of another type/);
  });

  test("a refused login is an error, also for the cleanup: the machine is there", async () => {
    machine = await new SshMachine().start();
    const session = sessionOn(machine, { privateKey: newSshKeyPair().privateKey });
    await expect(reachHost(session)).rejects.toThrow(/lets grappe not in.*authorized_keys/);
    await expect(cleanHost(session)).rejects.toThrow(/lets grappe not in/);
  });

  test("a closed port is told from all that", async () => {
    machine = await new SshMachine().start();
    const session = sessionOn(machine);
    machine.stop();
    expect(await connect(session, 2_000)).toMatchObject({ failure: { kind: "unreachable" } });
  });
});
