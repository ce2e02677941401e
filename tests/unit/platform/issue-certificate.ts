import { execFile } from "node:child_process";
import { join } from "node:path";
import { loadScript } from "../../../components/host/script.ts";
import { shellAssignments } from "../../../components/host/shell-assignments.ts";
import { issueValues } from "../../../components/platform/own-authority.ts";

/** The script as it is sent to a server. */
export const { text: issueScript } = loadScript(
  new URL("../../../components/platform/platform.ts", import.meta.url).href,
  "./issue-certificate.sh",
);

/** Stands for kubectl and its cluster: a folder for each Secret. The clock can be put forward. */
const standIns = `
kube() {
  local file folder
  case "$*" in
    *" /readyz") ;;
    *"get service"*) echo "$balanced" ;;
    *"get secret"*"--output name") if [[ -d $secrets/$5 ]]; then echo "secret/$5"; fi ;;
    *"get secret"*) if [[ $* = *key* ]]; then file=tls.key; else file=tls.crt; fi; base64 --wrap=0 "$secrets/$5/$file" ;;
    *"--dry-run"*) printf '%s %s %s\\n' "$6" "$(base64 --wrap=0 "\${7#--cert=}")" "$(base64 --wrap=0 "\${8#--key=}")" ;;
    *"create secret tls"*)
      folder=$(mktemp -d "$secrets.XXXXXX")
      cp "\${7#--cert=}" "$folder/tls.crt"; cp "\${8#--key=}" "$folder/tls.key"
      if ! mv --no-target-directory "$folder" "$secrets/$6" 2> /dev/null; then rm -r "$folder"; echo "secrets "$6" already exists"; return 1; fi ;;
    *" apply "*) read -r folder crt key; mkdir -p "$secrets/$folder"; base64 -d <<< "$crt" > "$secrets/$folder/tls.crt"; base64 -d <<< "$key" > "$secrets/$folder/tls.key" ;;
    *) echo "kube: $*" >&2; return 1 ;;
  esac
}
date() { if [[ $* = +%s ]]; then echo $(($(command date +%s) + forward)); else command date "$@"; fi; }
ours()`;

/** What the script finds, and is told. */
export interface Given {
  readonly names: readonly string[];
  readonly address?: string;
  readonly isUp?: "yes" | "no";
  /** Days by which the clock goes before. */
  readonly forward?: number;
}

/** How it ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the script with real openssl; the Secrets are in the folder's `secrets`, and what it leaves on the host in its `run`. */
export function issueFor(folder: string, given: Given): Promise<Ended> {
  const { names, forward = 0, address = "192.0.2.7", isUp = "yes" } = given;
  const values = issueValues({
    distribution: "kubeadm",
    namespace: "traefik",
    commonName: "grappe shop",
    names,
    service: "traefik",
  });
  const world = {
    secrets: join(folder, "secrets"),
    balanced: address,
    forward: String(Math.round(forward * 86_400)),
  };
  const input = shellAssignments({ ...values, isUp, ...world });
  return new Promise((resolve) => {
    const script = issueScript.replaceAll("/run/grappe", join(folder, "run")).replace("\nours()", () => standIns);
    const child = execFile("bash", ["--norc", "-c", script], (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}
