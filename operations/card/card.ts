import { hostKeyFingerprint } from "../../components/settings/ssh-key.ts";
import { UsageError } from "../errors/usage-error.ts";
import { readBootPartition, writeCardFiles } from "./boot-folder.ts";
import { recogniseImage } from "./boot-partition.ts";
import { cardFiles } from "./card-files.ts";
import { cardHost } from "./card-host.ts";
import { foreignFiles } from "./foreign-files.ts";
import { hostKeyFor } from "./host-key.ts";
import { withHostKey } from "./pinned-host-key.ts";
import { machineOf, readStackFile, writeStackFile } from "./stack-file.ts";
import { privateHostKeyIn } from "./user-data.ts";

export interface CardRequest {
  /** Folder of the project, in which the stack's file lies. */
  readonly project: string;
  readonly stack: string;
  readonly host: string;
  /** Where the card's boot partition is mounted. */
  readonly boot: string;
  /** Gives the public key that may log in, in OpenSSH's one-line form. */
  readonly authorizedKey: () => Promise<string>;
  /** Overwrite what somebody else wrote for the first boot. */
  readonly force: boolean;
  /** Make a new host key though one is pinned. */
  readonly newHostKey: boolean;
}

export interface CardResult {
  readonly host: string;
  /** The image that was found on the card. */
  readonly image: string;
  /** Where the machine will be. */
  readonly user: string;
  readonly address: string;
  /** The files that were written; none when all said so already. */
  readonly written: readonly string[];
  /** The pinned host key's fingerprint, as the machine shows it; absent where the image takes no host key. */
  readonly fingerprint?: string;
  /** What is left for a person to do. */
  readonly remaining: readonly string[];
}

/** What Raspberry Pi OS up to bookworm can't be told by its card. */
const beyondCustomToml = (host: string, address: string): readonly string[] => [
  `Give ${host} the fixed address ${address} in your router: this image's custom.toml has no word for it.`,
  `Pin ${host}'s host key after its first boot, as this image makes its own. Raspberry Pi OS of 2025-11-24 or later takes both from the card.`,
];

/**
 * Writes onto a card's boot partition all that a Pi needs to become a host, and pins its host key in the stack's settings. Checks
 * everything first. The card is written before the key is pinned: a pinned key that is on no card would be lost.
 *
 * @throws UsageError with what is in the way, and the fix
 */
export async function writeCard(request: CardRequest): Promise<CardResult> {
  const { project, stack, host: name, boot, force } = request;
  const stackFile = await readStackFile(project, stack);
  const { site, machine } = machineOf(stackFile, name);
  const partition = await readBootPartition(boot);
  const image = recogniseImage(boot, partition);
  const foreign = foreignFiles(partition.texts, name);
  if (foreign.length > 0 && !force) throw new UsageError(foreignText(boot, name, foreign));

  const host = cardHost(site, machine, await request.authorizedKey());
  const takesHostKey = image.format === "cloud-init";
  const hostKey = hostKeyFor({
    host: name,
    pinned: takesHostKey ? machine.hostKey : undefined,
    onCard: privateHostKeyIn(partition.texts["user-data"] ?? "", name),
    renew: request.newHostKey,
  });
  const pinned = takesHostKey ? withHostKey(stackFile.text, name, hostKey.publicKey) : stackFile.text;

  const written = await writeCardFiles(boot, cardFiles(image.format, host, hostKey, partition), partition);
  if (pinned !== stackFile.text) await writeStackFile(stackFile, pinned);
  return {
    host: name,
    image: image.name,
    user: host.user,
    address: host.address,
    written: pinned === stackFile.text ? written : [...written, stackFile.path],
    ...(takesHostKey ? { fingerprint: hostKeyFingerprint(hostKey.publicKey) } : {}),
    remaining: takesHostKey ? [] : beyondCustomToml(name, host.address),
  };
}

function foreignText(boot: string, host: string, files: readonly string[]): string {
  return (
    `${boot} holds ${files.join(", ")} that neither its image brought nor grappe wrote for ${host}: Raspberry Pi Imager's ` +
    "customisation, somebody's own, or another host's card. Fix: write the image again without customising it, or say --force " +
    "to overwrite them."
  );
}
