import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadScript } from "../../../components/host/script.ts";
import { shellAssignments } from "../../../components/host/shell-assignments.ts";

const { text } = loadScript(
  new URL("../../../components/platform/barman-plugin.ts", import.meta.url).href,
  "./plugin-certificates.sh",
);

/** Stands for kubectl and its cluster: a folder with each Secret's two files. The clock can be put forward. */
const standIns = `
kube() {
  case "$*" in
    *" /readyz") ;;
    *"get secret"*) if [[ -e $secrets/$5.crt ]]; then base64 --wrap=0 "$secrets/$5.crt"; fi ;;
    *"create secret tls"*) printf '%s %s %s\\n' "$6" "$(base64 --wrap=0 "\${7#--cert=}")" "$(base64 --wrap=0 "\${8#--key=}")" ;;
    *" apply "*) read -r name crt key; base64 -d <<< "$crt" > "$secrets/$name.crt"; base64 -d <<< "$key" > "$secrets/$name.key" ;;
    *"rollout restart deployment/cloudnative-pg") echo restarted >> "$secrets/operator" ;;
    *) echo "kube: $*" >&2; return 1 ;;
  esac
}
date() { if [[ $* = +%s ]]; then echo $(($(command date +%s) + forward)); else command date "$@"; fi; }
ours()`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "grappe-plugin-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the script with real openssl, some years later. */
function certify(years = 0) {
  const values = {
    ...{ distribution: "kubeadm", namespace: "cnpg-system", service: "barman-cloud", operator: "cloudnative-pg" },
    ...{ serverSecret: "server", clientSecret: "client", month: "2026-11" },
    ...{ secrets: folder, forward: String(Math.round(years * 365 * 86_400)) },
  };
  const script = text.replaceAll("/run/grappe", join(folder, "run")).replace("\nours()", () => standIns);
  return spawnSync("bash", ["--norc", "-c", script], { input: shellAssignments(values), encoding: "utf8" });
}

const file = (name: string) => readFileSync(join(folder, name), "utf8");
const extendedUsage = { server: "1.3.6.1.5.5.7.3.1", client: "1.3.6.1.5.5.7.3.2" };

test("each side has a certificate that signs itself, for its own use, of ten years", () => {
  const { stdout, stderr, status } = certify();
  expect([stdout, stderr, status]).toEqual(["", "", 0]);
  for (const [secret, usage] of Object.entries(extendedUsage)) {
    const certificate = new X509Certificate(file(`${secret}.crt`));
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(file(`${secret}.key`)))).toBe(true);
    expect([certificate.ca, certificate.keyUsage]).toEqual([false, [usage]]);
    expect((Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 86_400_000).toBe(3650);
  }
  // The name under which the operator asks: the Service's.
  expect(new X509Certificate(file("server.crt")).subjectAltName).toBe("DNS:barman-cloud");
  // As the other side reads it: the one certificate is all that is trusted.
  const verify = ["verify", "-purpose", "sslserver", "-CAfile", "server.crt", "server.crt"];
  expect(execFileSync("openssl", verify, { cwd: folder, encoding: "utf8" })).toBe("server.crt: OK\n");
});

test("stays what it is until the last third of its life; then the operator, which read it once, starts anew", () => {
  certify();
  const before = file("server.crt");
  expect(certify(6).status).toBe(0);
  expect(file("server.crt")).toBe(before);
  expect(readdirSync(folder)).not.toContain("operator");
  expect(certify(7).status).toBe(0);
  expect(file("server.crt")).not.toBe(before);
  expect(file("operator")).toBe("restarted\n");
});

test("leaves nothing on the host", () => {
  certify();
  expect(readdirSync(join(folder, "run"))).toEqual([]);
});
