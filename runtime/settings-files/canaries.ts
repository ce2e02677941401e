import { randomBytes } from "node:crypto";
import { newSshKeyPair } from "../../components/host/ssh-key-pair.ts";

/** A secret's value that is made to be recognised wherever it turns up. */
export interface Canary {
  readonly name: string;
  readonly value: string;
  /** The part of it that is searched for. */
  readonly mark: string;
}

function textCanary(name: string): Canary {
  const mark = `canary${randomBytes(18).toString("hex")}`;
  return { name, value: mark, mark };
}

/** A private key that works; a line from the middle of its body is its mark. */
function keyCanary(name: string): Canary {
  const { privateKey: value } = newSshKeyPair();
  const body = value.split("\n").slice(1, -2).join("");
  // The first bytes are the same in every OpenSSH key, the public half stands in the middle: the private one comes after.
  return { name, value, mark: body.slice(216, 256) };
}

/** Secrets that are a JSON object, and what a key of it may be. */
const keyedSecrets: Readonly<Record<string, string>> = {
  registryPasswords: "registry",
  dnsCredentials: "CANARY_TOKEN",
};

/** A canary for every secret of the settings. */
export function canariesFor(names: readonly string[]): Canary[] {
  return names.map((name) => {
    if (name === "sshPrivateKey") return keyCanary(name);
    const canary = textCanary(name);
    const key = keyedSecrets[name];
    return key === undefined ? canary : { ...canary, value: JSON.stringify({ [key]: canary.mark }) };
  });
}
