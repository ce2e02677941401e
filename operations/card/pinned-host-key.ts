import assert from "node:assert/strict";
import { isMap, isSeq, parseDocument } from "yaml";

/** Two ways to write lists in brackets; the file's own one is kept. */
const styles = [
  { lineWidth: 0, flowCollectionPadding: false },
  { lineWidth: 0, flowCollectionPadding: true },
] as const;

/**
 * A stack file's text (pure) with a host's key pinned in it; everything else, comments included, stays as it is.
 *
 * @throws if the file has no such host
 */
export function withHostKey(stackFile: string, host: string, publicKey: string): string {
  const document = parseDocument(stackFile);
  const style = styles.find((each) => document.toString(each) === stackFile) ?? styles[0];
  const path = ["config", "grappe:site", "hosts"];
  const hosts = document.getIn(path);
  const index = isSeq(hosts) ? hosts.items.findIndex((item) => isMap(item) && item.get("name") === host) : -1;
  assert(index >= 0, `the stack file has no host ${host}`);
  const pinned = [...path, index, "hostKey"];
  if (document.getIn(pinned) === publicKey) return stackFile;
  document.setIn(pinned, publicKey);
  return document.toString(style);
}
