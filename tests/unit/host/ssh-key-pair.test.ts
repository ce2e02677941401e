import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sshKeyPairFromSeed } from "../../../components/host/ssh-key-pair.ts";
import { ensurePrograms } from "../../../runtime/toolchain/debian-packages.ts";

const seed = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString("base64");

describe("sshKeyPairFromSeed", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "host-key-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is understood by ssh-keygen, which finds the same public key", { timeout: 300_000 }, async () => {
    await ensurePrograms([{ program: "ssh-keygen", debianPackage: "openssh-client" }]);
    const { privateKey, publicKey } = sshKeyPairFromSeed(seed);
    const file = join(folder, "key");
    writeFileSync(file, privateKey, { mode: 0o600 });
    expect(execFileSync("ssh-keygen", ["-y", "-f", file], { encoding: "utf8" }).trim()).toBe(publicKey);
  });

  it("is understood by the ssh2 library", () => {
    const { privateKey, publicKey } = sshKeyPairFromSeed(seed);
    const parsed = ssh2.utils.parseKey(privateKey);
    if (parsed instanceof Error) throw parsed;
    expect(`ssh-ed25519 ${parsed.getPublicSSH().toString("base64")}`).toBe(publicKey);
  });

  it("is the public key of RFC 8032's first test", () => {
    const rfcSeed = Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex");
    const { publicKey } = sshKeyPairFromSeed(rfcSeed.toString("base64"));
    const blob = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
    expect(blob.subarray(-32).toString("hex")).toBe("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  });

  it("is always the same for a seed, and another for another", () => {
    expect(sshKeyPairFromSeed(seed)).toEqual(sshKeyPairFromSeed(seed));
    expect(sshKeyPairFromSeed(Buffer.alloc(32, 7).toString("base64"))).not.toEqual(sshKeyPairFromSeed(seed));
  });

  it("refuses a seed of another length", () => {
    expect(() => sshKeyPairFromSeed("AAAA")).toThrow("32 bytes, not 3");
  });
});
