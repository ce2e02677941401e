import { RunError } from "@pulumi/pulumi/errors.js";
import { isHostKey } from "../../components/settings/ssh-key.ts";
import { UsageError } from "../errors/usage-error.ts";
import { parseAddressList, type SshAddress, sshAddressText } from "../host-keys/address-list.ts";
import { fingerprintOf, type HostKey, readHostKeys, sharedKeys } from "../host-keys/host-key.ts";
import type { Interview } from "./interview.ts";

export interface HostKeyOptions {
  /** `ADDRESS=SHA256:…` or `ADDRESS=ssh-ed25519 AAAA…`, each. */
  readonly expected: readonly string[];
  /** Whatever is shown is taken. */
  readonly acceptAll: boolean;
}

/** What `--host-key` says (pure): the machine, as it is written in a list, to its fingerprint. @throws UsageError */
export function expectedFingerprints(expected: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    expected.map((text) => {
      const [, machine = "", key = ""] = /^([^=]+)=(.+)$/.exec(text.trim()) ?? [];
      const isKey = isHostKey(key);
      if (machine === "" || !(isKey || /^SHA256:[A-Za-z0-9+/]{43}=?$/.test(key)))
        throw new UsageError(
          `--host-key ${text}: write ADDRESS=SHA256:…, as \`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\` shows it on the machine.`,
        );
      const [only] = parseAddressList(machine);
      return [only === undefined ? machine : sshAddressText(only), isKey ? fingerprintOf(key) : key.replace(/=$/, "")];
    }),
  );
}

/** One line for each key (pure): where, and its fingerprint. */
export function fingerprintLines(keys: readonly HostKey[]): readonly string[] {
  const width = Math.max(...keys.map((key) => sshAddressText(key).length));
  return keys.map((key) => `  ${sshAddressText(key).padEnd(width)}  ${key.fingerprint}`);
}

function refuseOthers(keys: readonly HostKey[], expected: ReadonlyMap<string, string>): void {
  const faults = keys.flatMap((key) => {
    const wanted = expected.get(sshAddressText(key));
    if (wanted === undefined || wanted === key.fingerprint) return [];
    return [
      `${sshAddressText(key)} shows the host key ${key.fingerprint}, not ${wanted}: it is another machine, or somebody stands in ` +
        "between. Nothing was sent to it. Compare again at the machine itself.",
    ];
  });
  if (faults.length > 0) throw new RunError(faults.join("\n"));
}

const remembered = "host keys";

/**
 * The machines' host keys, each of them as it was named, or confirmed by a person.
 *
 * @throws RunError if a machine can't be asked, shows another key, or shares it; UsageError where nobody can confirm
 */
export async function confirmedHostKeys(
  interview: Interview,
  machines: readonly SshAddress[],
  { expected, acceptAll }: HostKeyOptions,
): Promise<readonly HostKey[]> {
  const fingerprints = expectedFingerprints(expected);
  interview.write(`Reading the host keys of ${machines.length === 1 ? "1 machine" : `${machines.length} machines`}.`);
  const keys = await readHostKeys(machines);
  const shared = sharedKeys(keys);
  if (shared.length > 0) throw new RunError(shared.join("\n"));
  refuseOthers(keys, fingerprints);
  for (const line of fingerprintLines(keys)) interview.write(line);
  const confirmed = new Set(interview.earlier(remembered)?.split("\n"));
  const open = keys.filter((key) => !fingerprints.has(sshAddressText(key)) && !confirmed.has(key.hostKey));
  if (open.length === 0) return keys;
  if (acceptAll) {
    interview.write("They are accepted as they are shown (--accept-host-keys).");
    return keys;
  }
  const example = `--host-key ${sshAddressText(open[0] ?? { address: "", port: 22 })}=SHA256:…`;
  const isRight = await interview.confirm(
    "Compare each with what the machine shows on its own console (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub). Are they the same?",
    `Nobody can confirm these host keys here: name each by ${example}, or take all as they are shown by --accept-host-keys.`,
  );
  if (!isRight)
    throw new RunError(
      "Nothing was written: without host keys that are known to be right, anybody could answer as a machine.",
    );
  await interview.remember(remembered, keys.map(({ hostKey }) => hostKey).join("\n"));
  return keys;
}
