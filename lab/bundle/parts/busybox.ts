import type { UnpackedPackages } from "../layers.ts";

/** What scripts of helper pods and init containers call. */
const applets = [
  ...["ash", "awk", "cat", "chmod", "chown", "cp", "cut", "date", "dd", "df", "dirname", "du", "echo", "env", "expr"],
  ...["false", "find", "grep", "head", "hostname", "id", "install", "kill", "ln", "ls", "mkdir", "mktemp", "mv", "nc"],
  ...["nslookup", "od", "printf", "ps", "readlink", "rm", "rmdir", "sed", "seq", "sh", "sleep", "sort", "stat", "sync"],
  ...["tail", "tar", "tee", "test", "touch", "tr", "true", "uname", "vi", "wc", "wget", "which", "xargs"],
];

/** Debian's BusyBox 1.37 with links for its applets, perhaps with further packages of the same release. */
export function busybox(...further: readonly string[]): UnpackedPackages {
  const links = applets.map((applet) => [`usr/bin/${applet}`, "busybox"]);
  return { suite: "trixie", packages: ["busybox-static", ...further], links: Object.fromEntries(links) };
}
