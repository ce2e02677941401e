import { newSshKeyPair, type SshKeyPair } from "../../components/host/ssh-key-pair.ts";
import { isEd25519PublicKey, privateKeyFault, publicKeyOf } from "../../components/settings/ssh-key.ts";
import { UsageError } from "../errors/usage-error.ts";

export interface KnownHostKey {
  readonly host: string;
  /** The one in the settings. */
  readonly pinned: string | undefined;
  /** The private one that the card holds from an earlier run. */
  readonly onCard: string | undefined;
  /** Make a new one in any case. */
  readonly renew: boolean;
}

/**
 * The host key that a card gets: the one that is on it, so that a second run changes nothing; else a new one. A pinned key whose
 * private half is elsewhere (on the running machine) can't be given to a card.
 *
 * @throws UsageError where the pinned key would have to be replaced without being asked
 */
export function hostKeyFor({ host, pinned, onCard, renew }: KnownHostKey): SshKeyPair {
  if (renew) return newSshKeyPair();
  const own = onCard === undefined ? undefined : keyPairOf(onCard);
  if (own !== undefined && (pinned === undefined || isSameKey(pinned, own.publicKey))) return own;
  if (pinned === undefined) return newSshKeyPair();
  throw new UsageError(
    `grappe:site.hosts, ${host}: the settings pin a host key whose private half isn't on this card${own === undefined ? "" : ", which holds another one"}. ` +
      `Fix: if ${host} is to be a new machine, or the pinned key is an example, say --new-host-key: a new one is made and pinned, ` +
      `and the next up takes ${host} for another machine. If ${host} runs already, leave its card alone.`,
  );
}

function keyPairOf(privateKey: string): SshKeyPair | undefined {
  if (privateKeyFault(privateKey) !== undefined) return undefined;
  const publicKey = publicKeyOf(privateKey);
  return isEd25519PublicKey(publicKey) ? { publicKey, privateKey } : undefined;
}

const isSameKey = (one: string, other: string) => one.trim().split(/\s+/)[1] === other.split(/\s+/)[1];
