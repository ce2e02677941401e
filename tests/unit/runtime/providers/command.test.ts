import { describe, expect, test } from "vitest";
import { newSshKeyPair } from "../../../../components/host/ssh-key-pair.ts";
import { OutputCollector } from "../../../../runtime/providers/command/command-output.ts";
import { assertHostKey, parseConnection } from "../../../../runtime/providers/command/connection.ts";
import { dialWithRetry, HostKeyMismatch, pauseAfter } from "../../../../runtime/providers/command/dial-retry.ts";
import { runLocally } from "../../../../runtime/providers/command/run-locally.ts";
import { SharedConnections } from "../../../../runtime/providers/command/shared-connections.ts";

const signal = new AbortController().signal;

describe("dialling", () => {
  test("pauses grow from 0.1 s to 5 s, as in the official provider", () => {
    expect([0, 1, 2].map(pauseAfter)).toEqual([100, 150, 225]);
    expect(pauseAfter(60)).toBe(5_000);
  });

  test("stops at the limit of failed dials and says how many there were", async () => {
    const shown: string[] = [];
    let dials = 0;
    const retry = { what: "Dial", limit: 2, signal, status: (line: string) => shown.push(line) };
    const failing = dialWithRetry(retry, async () => {
      dials += 1;
      throw new Error("refused");
    });
    await expect(failing).rejects.toThrow("after 2 failed attempts: refused");
    expect(dials).toBe(3);
    expect(shown).toEqual(["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"]);
  });

  test("another machine's host key is not dialled again", async () => {
    let dials = 0;
    const retry = { what: "Dial", limit: 60, signal, status: () => undefined };
    const failing = dialWithRetry(retry, async () => {
      dials += 1;
      throw new HostKeyMismatch("host key mismatch");
    });
    await expect(failing).rejects.toThrow("host key mismatch");
    expect(dials).toBe(1);
  });
});

describe("shared connections", () => {
  const counting = () => {
    const count = { dialled: 0, ended: 0 };
    const dial = async () => {
      count.dialled += 1;
      return { end: () => (count.ended += 1) };
    };
    return { count, dial };
  };

  test("what goes to a host at once shares them, by eights; then they are closed", async () => {
    const { count, dial } = counting();
    const connections = new SharedConnections<{ end(): number }>();
    const { promise, resolve } = Promise.withResolvers<void>();
    const uses = Array.from({ length: 9 }, () => connections.use("a", dial, () => promise));
    const elsewhere = connections.use("b", dial, () => promise);
    expect(count).toEqual({ dialled: 3, ended: 0 });
    resolve();
    await Promise.all([...uses, elsewhere]);
    expect(count).toEqual({ dialled: 3, ended: 3 });
    await connections.use("a", dial, async () => undefined);
    expect(count).toEqual({ dialled: 4, ended: 4 });
  });

  test("one on which work failed isn't given to anybody else; one that isn't made fails all who wait for it", async () => {
    const { count, dial } = counting();
    const connections = new SharedConnections<{ end(): number }>();
    const { promise, resolve } = Promise.withResolvers<void>();
    const other = connections.use("a", dial, () => promise);
    await expect(connections.use("a", dial, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    await connections.use("a", dial, async () => undefined);
    resolve();
    await other;
    expect(count).toEqual({ dialled: 2, ended: 2 });
    const refused = () => Promise.reject(new Error("refused"));
    const failing = [1, 2].map(() => connections.use("a", refused, async () => undefined));
    const outcomes = await Promise.allSettled(failing);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});

describe("connection", () => {
  test("takes the official defaults", () => {
    expect(parseConnection({ host: "a" })).toMatchObject({
      user: "root",
      port: 22,
      dialErrorLimit: 10,
      perDialTimeout: 15,
    });
  });

  test("a host key is its algorithm and its bytes; anything else is refused", () => {
    const { publicKey } = newSshKeyPair();
    expect(() => assertHostKey(`${publicKey} comment`)).not.toThrow();
    expect(() => assertHostKey("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAA")).toThrow("failed to parse host key");
  });
});

describe("output", () => {
  test("loses its last line end, and is logged only where it may be", () => {
    const logged: string[] = [];
    const collector = new OutputCollector("stdout", (line) => logged.push(line));
    collector.stdout("one\ntwo\n");
    collector.stderr("trouble\n");
    expect(collector.output).toEqual({ stdout: "one\ntwo", stderr: "trouble" });
    expect(logged).toEqual(["one", "two"]);
  });

  test("a local command that fails tells its code, itself and all it wrote", async () => {
    const run = { interpreter: [], directory: "/", environment: { NAME: "value" }, logging: "none", signal } as const;
    const failing = runLocally({
      ...run,
      command: 'cat; echo "$NAME" >&2; exit 3',
      stdin: "in\n",
      logged: () => undefined,
    });
    await expect(failing).rejects.toThrow(/^exit status 3: running .*exit 3":\n(in\nvalue|value\nin)\n$/s);
  });
});
