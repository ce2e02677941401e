import { parseAddressList, sshAddressText } from "./address-list.ts";
import { readHostKeys, sharedKeys } from "./host-key.ts";

/**
 * Prints the host keys of machines, with their fingerprints, on standard output.
 *
 * @throws RunError that names every machine that couldn't be asked
 */
export async function listHostKeys(addresses: string, json: boolean): Promise<void> {
  const keys = await readHostKeys(parseAddressList(addresses));
  for (const line of sharedKeys(keys)) process.stderr.write(`warning: ${line}\n`);
  if (json) {
    process.stdout.write(`${JSON.stringify(keys)}\n`);
    return;
  }
  const width = Math.max(...keys.map((key) => sshAddressText(key).length));
  for (const key of keys)
    process.stdout.write(`${sshAddressText(key).padEnd(width)}  ${key.fingerprint}  ${key.hostKey}\n`);
}
