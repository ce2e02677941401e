import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterEach, describe, expect, it } from "vitest";
import { connect } from "../../../components/host/cleanup/ssh-connection.ts";
import { newSshKeyPair } from "../../../components/host/ssh-key-pair.ts";
import { hostKeyFingerprint, isHostKey } from "../../../components/settings/ssh-key.ts";
import { parseAddressList, sshAddressText } from "../../../operations/host-keys/address-list.ts";
import { fingerprintOf, readHostKey, readHostKeys, sharedKeys } from "../../../operations/host-keys/host-key.ts";
import { SshMachine } from "../host/ssh-server.ts";

describe("a list of machines", () => {
  const list = (text: string) => parseAddressList(text).map(sshAddressText);

  it.each([
    ["192.168.1.11", ["192.168.1.11"]],
    ["192.168.1.11-13", ["192.168.1.11", "192.168.1.12", "192.168.1.13"]],
    ["192.168.1.11-192.168.1.12", ["192.168.1.11", "192.168.1.12"]],
    ["10.0.0.255-10.0.1.1", ["10.0.0.255", "10.0.1.0", "10.0.1.1"]],
    [" 192.168.1.11, 192.168.1.14 10.0.0.1-1,", ["192.168.1.11", "192.168.1.14", "10.0.0.1"]],
    ["pi-1.local,192.168.1.12:2222", ["pi-1.local", "192.168.1.12:2222"]],
    ["127.0.0.1:2201,127.0.0.1:2202", ["127.0.0.1:2201", "127.0.0.1:2202"]],
  ])("%s", (text, expected) => {
    expect(list(text)).toEqual(expected);
  });

  it.each([
    ["", /no address/],
    ["192.168.1.300", /no IPv4 address/],
    ["192.168.1", /no IPv4 address/],
    ["192.168.1.16-11", /downwards/],
    ["192.168.1.11-300", /no range/],
    ["192.168.1.11-12-13", /no IPv4 address/],
    ["10.0.0.0-10.1.0.0", /65537 addresses; at most 1024/],
    ["10.0.0.1-254 10.0.1.1-254 10.0.2.1-254 10.0.3.1-254 10.0.4.1-254", /1270 addresses/],
    ["192.168.1.11,192.168.1.10-12", /192\.168\.1\.11 is in the list twice/],
    ["192.168.1.11:0", /no port 0/],
    ["192.168.1.11:99999", /no port 99999/],
    ["pi_1", /neither an IPv4 address nor a DNS name/],
    ["-oProxyCommand=x", /neither/],
  ])("refuses %j in a sentence", (text, expected) => {
    expect(() => list(text)).toThrow(expected);
  });
});

const machines: SshMachine[] = [];
async function machine(...parameters: ConstructorParameters<typeof SshMachine>): Promise<SshMachine> {
  const started = await new SshMachine(...parameters).start();
  machines.push(started);
  return started;
}
afterEach(() => {
  for (const each of machines.splice(0)) each.stop();
});

/** A key's body with another last byte. */
function mutated(hostKey: string): string {
  const blob = Buffer.from(hostKey.split(" ")[1] ?? "", "base64");
  blob.writeUInt8(blob.readUInt8(blob.length - 1) ^ 1, blob.length - 1);
  return blob.toString("base64");
}

/** A server with host keys of these types only, as OpenSSH makes them; it lets nobody in. */
async function serverWith(types: readonly string[]): Promise<{ readonly port: number; readonly stop: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "grappe-host-keys-"));
  const hostKeys = types.map((type) => {
    execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-f", join(folder, type)]);
    return readFileSync(join(folder, type));
  });
  rmSync(folder, { recursive: true });
  const server = new ssh2.Server({ hostKeys }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (context) => context.reject());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: Number(Reflect.get(Object(server.address()), "port")), stop: () => server.close() };
}

describe("a host key", () => {
  it("is the one that the server proves to have, with the fingerprint that OpenSSH shows", async () => {
    const { hostKey, port } = await machine();
    const read = await readHostKey({ address: "127.0.0.1", port });
    expect(read.hostKey).toBe(hostKey.publicKey);
    const shown = execFileSync("ssh-keygen", ["-lf", "-"], { input: hostKey.publicKey, encoding: "utf8" });
    expect(shown).toContain(` ${read.fingerprint} `);
  });

  it.each([
    ["ed25519 before ECDSA", ["ecdsa", "ed25519"], "ssh-ed25519"],
    ["ECDSA where it is the only one", ["ecdsa"], "ecdsa-sha2-nistp256"],
  ])(
    "of OpenSSH is pinned, %s: read, taken by the settings, and the connection's own",
    async (_what, types, expected) => {
      const server = await serverWith(types);
      try {
        const { hostKey, fingerprint } = await readHostKey({ address: "127.0.0.1", port: server.port });
        expect(hostKey.split(" ")[0]).toBe(expected);
        expect(isHostKey(hostKey)).toBe(true);
        expect(hostKeyFingerprint(hostKey)).toBe(fingerprint);
        const target = {
          address: "127.0.0.1",
          port: server.port,
          user: "nobody",
          privateKey: newSshKeyPair().privateKey,
        };
        // Past the host key: the login fails. With another key of its type it doesn't get there.
        expect(await connect({ ...target, hostKey }, 10_000)).toMatchObject({ failure: { kind: "login" } });
        const other = `${expected} ${mutated(hostKey)}`;
        expect(await connect({ ...target, hostKey: other }, 10_000)).toMatchObject({
          failure: { kind: "other-host-key" },
        });
      } finally {
        server.stop();
      }
    },
  );

  it("of a server with RSA alone, or of none, is a sentence with the fix; all are named at once", async () => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "pkcs1", format: "pem" },
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
    });
    const rsaOnly = new ssh2.Server({ hostKeys: [privateKey] }, (client) => client.on("error", () => undefined));
    await new Promise<void>((resolve) => rsaOnly.listen(0, "127.0.0.1", resolve));
    const mute = createServer((socket) => socket.end("220 mail.example.org ESMTP\r\n"));
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const portOf = (server: { address(): unknown }) => Reflect.get(Object(server.address()), "port");
    const asked = [rsaOnly, mute].map((server) => ({ address: "127.0.0.1", port: Number(portOf(server)) }));
    const refused = readHostKeys([...asked, { address: "127.0.0.1", port: 1 }]);
    await expect(refused).rejects.toThrow(/has neither an ed25519 nor an ECDSA host key\. .*ssh-keygen -A/);
    await expect(refused).rejects.toThrow(new RegExp(`127\\.0\\.0\\.1:${asked[1]?.port} doesn't answer over SSH`));
    await expect(refused).rejects.toThrow(/127\.0\.0\.1:1 doesn't answer over SSH \(.*ECONNREFUSED/);
    rsaOnly.close();
    mute.close();
  });

  it("that two machines share is told", async () => {
    const key = newSshKeyPair();
    const twins = [await machine(undefined, key), await machine(undefined, key), await machine()];
    const read = await readHostKeys(twins.map(({ port }) => ({ address: "127.0.0.1", port })));
    expect(sharedKeys(read)).toEqual([
      expect.stringMatching(
        new RegExp(`127.0.0.1:${twins[0]?.port} and 127.0.0.1:${twins[1]?.port} have one host key: .*dpkg-reconfigure`),
      ),
    ]);
    expect(fingerprintOf(key.publicKey)).toBe(read[0]?.fingerprint);
  });
});
