import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { privateKeyFault, publicKeyOf } from "../../../../components/settings/ssh-key.ts";
import { readPrivateKey } from "../../../../operations/new/ssh-private-key.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "grappe-key-"));
});
afterAll(() => rm(folder, { recursive: true }));

function make(name: string, ...parameters: readonly string[]): string {
  const file = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-a", "1", "-f", file, "-C", "", ...parameters]);
  return file;
}

describe("a private key's file", () => {
  it.each([
    ["ed25519", ["-t", "ed25519"]],
    ["rsa", ["-t", "rsa", "-b", "2048"]],
    ["ecdsa", ["-t", "ecdsa"]],
    ["pem", ["-t", "rsa", "-b", "2048", "-m", "PEM"]],
  ])("%s is read as it is, and decrypted by its passphrase, asked for until it is right", async (name, parameters) => {
    const plain = make(`${name}-plain`, ...parameters, "-N", "");
    expect(await readPrivateKey(plain)).toBe(await readFile(plain, "utf8"));

    const locked = make(`${name}-locked`, ...parameters, "-N", "open sesame");
    const asked: boolean[] = [];
    const key = await readPrivateKey(locked, async (message, isRight) => {
      expect(message).toContain(locked);
      asked.push(isRight("wrong"), isRight(""), isRight("open sesame"));
      return "open sesame";
    });
    expect(asked).toEqual([false, false, true]);
    expect(privateKeyFault(key)).toBeUndefined();
    expect(await readFile(`${locked}.pub`, "utf8")).toContain(publicKeyOf(key));
    // OpenSSH reads it, too: so does whatever else logs in by it.
    const decrypted = join(folder, `${name}-decrypted`);
    await writeFile(decrypted, key, { mode: 0o600 });
    expect(execFileSync("ssh-keygen", ["-y", "-f", decrypted], { encoding: "utf8" })).toContain(publicKeyOf(key));
  });

  it("is refused in a sentence where it can't serve", async () => {
    const locked = make("locked", "-t", "ed25519", "-N", "open sesame");
    await expect(readPrivateKey(locked)).rejects.toThrow(
      /protected by a passphrase, and nobody can be asked.*ssh-keygen/,
    );
    await expect(readPrivateKey(`${locked}.pub`)).rejects.toThrow(/is a public key.* Name .*\/locked, if/);
    await expect(readPrivateKey(join(folder, "gone"))).rejects.toThrow(/gone can't be read \(ENOENT: no such file/);
    await expect(readPrivateKey(folder)).rejects.toThrow(/can't be read \(EISDIR/);
    const text = join(folder, "text");
    await writeFile(text, "hello");
    await expect(readPrivateKey(text)).rejects.toThrow(/text is not a private key/);
  });
});
