import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const library = fileURLToPath(new URL("../../../components/cluster/lib/kubelet-certificates.sh", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "grappe-kubelets-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A request as a kubelet makes it, in Base64 as the API has it. */
async function requestFor(subject: string, names: string): Promise<string> {
  const file = join(folder, "request.pem");
  const san = names === "" ? [] : ["-addext", `subjectAltName=${names}`];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", join(folder, "key")];
  await run("openssl", ["req", "-new", ...key, "-subj", subject, ...san, "-out", file]);
  return (await readFile(file)).toString("base64");
}

interface Pending {
  readonly user: string;
  readonly request: string;
  readonly conditions?: string;
}

/** What is approved and what is said, of requests that are there; agent-1 was declared with 10.0.0.12, agent-2 isn't declared yet. */
async function decided(...all: readonly Pending[]): Promise<readonly string[]> {
  const lines = all.map(({ user, request, conditions = "" }, index) => `csr-${index} ${user} ${request} ${conditions}`);
  const script = `
set -euo pipefail
distribution=kubeadm
kube() {
  case $* in
    "get certificatesigningrequests --field-selector spec.signerName=kubernetes.io/kubelet-serving"*) printf '%s\\n' "$LINES" ;;
    "get node agent-1 "*'node-restriction\\.kubernetes\\.io/grappe-address'*) printf 10.0.0.12 ;;
    "get node "*) ;;
    *) echo "$*" >&2 ;;
  esac
}
. ${library}
approve_kubelets`;
  const { stderr } = await run("bash", ["-c", script], { env: { ...process.env, LINES: lines.join("\n") } });
  return stderr.split("\n").filter((line) => line !== "");
}

const user = "system:node:agent-1";
const subject = "/O=system:nodes/CN=system:node:agent-1";
const own = "DNS:agent-1,IP:10.0.0.12";

describe("a kubelet's request for a serving certificate", () => {
  test("is approved for its node's own name and declared address", async () => {
    expect(await decided({ user, request: await requestFor(subject, own) })).toEqual(["certificate approve csr-0"]);
    const turned = await requestFor("/CN=system:node:agent-1/O=system:nodes", "IP:10.0.0.12,DNS:agent-1");
    expect(await decided({ user, request: turned })).toEqual(["certificate approve csr-0"]);
  });

  const refused: Readonly<Record<string, readonly [string, string]>> = {
    "another address, which its Node may well claim": [subject, "DNS:agent-1,IP:10.0.0.5"],
    "an address more": [subject, `${own},IP:10.0.0.5`],
    "the API's name": [subject, `${own},DNS:kubernetes.default`],
    "another node's name": [subject, "DNS:server-1,IP:10.0.0.12"],
    "a wildcard": [subject, "DNS:*.agent-1,IP:10.0.0.12"],
    "an e-mail address besides": [subject, `${own},email:a@agent-1`],
    "no name at all": [subject, ""],
    "another node's subject": ["/O=system:nodes/CN=system:node:server-1", own],
    "another group": ["/O=system:masters/CN=system:node:agent-1", own],
    "a group more": ["/O=system:nodes/O=system:masters/CN=system:node:agent-1", own],
  };
  for (const [what, [wrong, names]] of Object.entries(refused)) {
    test(`isn't for ${what}, and that is said`, async () => {
      const [line = "", ...others] = await decided({ user, request: await requestFor(wrong, names) });
      expect(others).toEqual([]);
      expect(line).toMatch(/^csr-0 isn't approved: agent-1 asks for .* its own name and address 10\.0\.0\.12$/);
    });
  }

  test("isn't that of a person, of another node, of a node that nobody declared, or decided already", async () => {
    const request = await requestFor(subject, own);
    expect(await decided({ user: "anna", request })).toEqual([]);
    expect(await decided({ user: "system:serviceaccount:a:b", request })).toEqual([]);
    expect(await decided({ user: "system:node:agent-2", request })).toEqual([]);
    for (const conditions of ["Approved", "Denied", "Approved Failed"])
      expect(await decided({ user, request, conditions })).toEqual([]);
    expect(await decided({ user, request: "bm8gcmVxdWVzdA==" })).toHaveLength(1);
  });

  test("is one of several: each is decided by itself", async () => {
    const wrong = await requestFor(subject, "DNS:agent-1");
    const right = await requestFor(subject, own);
    const lines = await decided({ user, request: wrong }, { user, request: right }, { user, request: wrong });
    expect(lines.filter((line) => line.startsWith("certificate"))).toEqual(["certificate approve csr-1"]);
  });
});

/** How a node's step waits for its kubelet, by what the API server says of it, one answer after another. */
async function waited(distribution: string, ...answers: readonly string[]): Promise<{ asked: number; failed: string }> {
  const file = join(folder, `answers-${Math.random()}`);
  const script = `
set -euo pipefail
distribution=${distribution} nodeName=agent-1
fail() { echo "$*" >&2; exit 1; }
until_success() { shift 2; local count=0; until "$@"; do count=$((count + 1)); ((count < 5)) || return 1; done; }
kube() {
  [[ $* = *proxy/healthz ]] || return 0
  echo asked >> ${file}
  local line
  line=$(sed -n "$(wc -l < ${file})p" <<< "$ANSWERS")
  [[ $line = ok ]] || { echo "$line" >&2; return 1; }
}
. ${library}
await_kubelet_certificate`;
  const env = { ...process.env, ANSWERS: answers.join("\n") };
  const failed = await run("bash", ["-c", script], { env }).then(
    () => "",
    (error: { readonly stderr: string }) => error.stderr,
  );
  const asked = await readFile(file, "utf8").catch(() => "");
  return { asked: asked.split("\n").length - 1, failed };
}

describe("a node's own step waits for it", () => {
  const pending =
    "Error from server (ServiceUnavailable): error trying to reach service: remote error: tls: internal error";
  const unknown = "Error from server: tls: failed to verify certificate: x509: certificate signed by unknown authority";

  test("until the API server knows the kubelet by its certificate", async () => {
    expect(await waited("kubeadm", pending, unknown, "ok")).toEqual({ asked: 3, failed: "" });
    const { failed } = await waited("kubeadm", ...Array.from({ length: 9 }, () => pending));
    expect(failed).toMatch(/doesn't know agent-1's kubelet .*tls: internal error\nFix: .*kubectl get csr/);
  });

  test("not where a firewall keeps the API server from it, and not with k3s, whose servers sign", async () => {
    expect(await waited("kubeadm", "dial tcp 10.0.0.12:10250: i/o timeout")).toEqual({ asked: 1, failed: "" });
    expect(await waited("k3s", pending)).toEqual({ asked: 0, failed: "" });
  });
});
