import { readFile } from "node:fs/promises";
import ssh2 from "ssh2";
import { privateKeyFault, publicKeyOf } from "../../components/settings/ssh-key.ts";
import { UsageError } from "../errors/usage-error.ts";

/**
 * The public key of a file, in OpenSSH's one-line form, its comment left out.
 *
 * @throws UsageError if it isn't one
 */
export async function publicKeyIn(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new UsageError(`${file} can't be read. Fix: name the file of a public key, such as ~/.ssh/id_ed25519.pub.`);
  });
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error)
    throw new UsageError(`${file} is no SSH key. Fix: name a public key, such as ~/.ssh/id_ed25519.pub.`);
  if (key.isPrivateKey())
    throw new UsageError(`${file} is a private key. Fix: name its public half, such as ${file}.pub.`);
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}

/**
 * The public half of the key by which `up` logs in: the stack's own secret, decrypted by the Pulumi CLI as for any other run.
 *
 * @throws UsageError if the stack has none, or it can't be used
 */
export async function stackPublicKey(stack: string): Promise<string> {
  const { openStackToRead } = await import("../stack.ts");
  const settings = await (await openStackToRead(stack)).getAllConfig();
  const privateKey = settings["grappe:sshPrivateKey"]?.value;
  const fault = privateKey === undefined ? "is missing." : privateKeyFault(privateKey);
  if (privateKey === undefined || fault !== undefined) {
    throw new UsageError(
      `grappe:sshPrivateKey of stack ${stack} ${fault} Fix: set it, or name the public key that may log in by --public-key.`,
    );
  }
  return publicKeyOf(privateKey);
}
