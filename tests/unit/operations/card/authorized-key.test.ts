import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { newSshKeyPair } from "../../../../components/host/ssh-key-pair.ts";
import { publicKeyIn } from "../../../../operations/card/authorized-key.ts";
import { newFolder } from "./card-fixture.ts";

const pair = newSshKeyPair();

function file(text: string): string {
  const path = join(newFolder(), "id.pub");
  writeFileSync(path, text);
  return path;
}

it("reads a public key without its comment", async () => {
  expect(await publicKeyIn(file(`${pair.publicKey} me@laptop\n`))).toBe(pair.publicKey);
});

it("refuses what is none: a private key above all", async () => {
  await expect(publicKeyIn(file(pair.privateKey))).rejects.toThrow(
    /id\.pub is a private key\. Fix: name its public half/,
  );
  await expect(publicKeyIn(file("hello"))).rejects.toThrow(/is no SSH key\. Fix: /);
  await expect(publicKeyIn("/none/id.pub")).rejects.toThrow(/can't be read\. Fix: /);
});
