import { createPrivateKey } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import ssh2 from "ssh2";
import { sshKeyPairFromSeed } from "../../components/host/ssh-key-pair.ts";
import { privateKeyFault } from "../../components/settings/ssh-key.ts";

const makeOne = 'Make one for grappe: ssh-keygen -t ed25519 -N "" -f ~/.ssh/grappe';

/** A path as a shell would take it (pure). */
export function expandHome(path: string): string {
  return path.replace(/^~(?=\/|$)/, homedir());
}

/** The user's own key that is proposed: the first that there is of those that OpenSSH tries by itself. */
export async function proposedKeyFile(): Promise<string | undefined> {
  for (const name of ["id_ed25519", "id_ecdsa", "id_rsa"]) {
    const isThere = await access(join(homedir(), ".ssh", name)).then(
      () => true,
      () => false,
    );
    if (isThere) return `~/.ssh/${name}`;
  }
  return undefined;
}

/** Whether a private key's text can't be read without a passphrase (pure). */
export function isEncrypted(text: string): boolean {
  const key = ssh2.utils.parseKey(text);
  return key instanceof Error && /encrypted|passphrase/i.test(key.message);
}

/**
 * The same private key without its passphrase (pure), in a form that everything of ours reads.
 *
 * @returns undefined if the passphrase is another one
 */
export function decryptKey(text: string, passphrase: string): string | undefined {
  const parsed: unknown = ssh2.utils.parseKey(text, passphrase);
  // A file of OpenSSH's own form may hold several keys; the types say one.
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (!isPrivateKey(key)) return undefined;
  const pem = key.getPrivatePEM();
  if (key.type !== "ssh-ed25519") return pem;
  const pkcs8 = createPrivateKey(pem).export({ format: "der", type: "pkcs8" });
  return sshKeyPairFromSeed(pkcs8.subarray(-32).toString("base64")).privateKey;
}

function isPrivateKey(key: unknown): key is { readonly type: string; getPrivatePEM(): string } {
  return typeof key === "object" && key !== null && !(key instanceof Error) && "getPrivatePEM" in key;
}

/**
 * Reads a private key's file. One that has a passphrase is decrypted by what `askPassphrase` gives.
 *
 * @param askPassphrase absent where nobody can be asked
 * @throws RunError in one sentence with the fix; no word of the key
 */
export async function readPrivateKey(
  file: string,
  askPassphrase?: (message: string, isRight: (passphrase: string) => boolean) => Promise<string>,
): Promise<string> {
  const path = expandHome(file);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const reason = error instanceof Error ? error.message.replace(/,.*$/, "") : String(error);
    throw new RunError(`${file} can't be read (${reason}). Name the file of an SSH private key. ${makeOne}`);
  });
  if (!isEncrypted(text)) return refuseFaulty(file, text);
  if (askPassphrase === undefined)
    throw new RunError(
      `${file} is protected by a passphrase, and nobody can be asked for it here: call this from a terminal, or name another key. ${makeOne}`,
    );
  const passphrase = await askPassphrase(`Passphrase of ${file}`, (given) => decryptKey(text, given) !== undefined);
  return refuseFaulty(file, decryptKey(text, passphrase) ?? text);
}

function refuseFaulty(file: string, text: string): string {
  const fault = privateKeyFault(text);
  if (fault === undefined) return text;
  const fix = /public key/.test(fault) ? `Name ${file.replace(/\.pub$/, "")}, if that is the private half.` : makeOne;
  throw new RunError(`${file} ${fault} ${fix}`);
}
