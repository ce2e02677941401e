import { join } from "node:path";
import { z } from "zod";
import { repository } from "../../lab/stack/lab-folder.ts";
import { run } from "../../runtime/subprocess.ts";
import { checks, failure, filesLookedAt, optionsOf, type Shown } from "../cis/benchmark.ts";
import { inHost } from "./host-traces.ts";
import type { TestLab } from "./test-lab.ts";

/** What runs and lies on a host. A process' name has fifteen characters. */
const look = `
for program in kube-apiserver kube-controller-manager kube-scheduler etcd kube-proxy; do
  if pid=$(pgrep --oldest --exact "\${program:0:15}"); then echo "program $program $(tr '\\0' ' ' < "/proc/$pid/cmdline")"; fi
done
stat --format='file %n %a %U:%G' ${filesLookedAt.join(" ")} 2> /dev/null || true
`;

async function shownBy(lab: TestLab, host: string): Promise<Shown> {
  const lines = (await inHost(lab.name, host, look)).split("\n").map((line) => line.trim().split(/\s+/));
  const programs = lines.filter(([kind]) => kind === "program");
  const files = lines.filter(([kind]) => kind === "file");
  // Of the kubelet that runs, not of its file; the API server asks for it, and verifies who answers.
  const { kubeletconfig } = await lab.api.request({ method: "GET", path: `/api/v1/nodes/${host}/proxy/configz` });
  return {
    programs: Object.fromEntries(programs.map(([, name = "", ...words]) => [name, optionsOf(words)])),
    files: Object.fromEntries(
      files.map(([, name = "", mode = "", owner = ""]) => [name, { mode: Number.parseInt(mode, 8), owner }]),
    ),
    kubelet: kubeletconfig,
  };
}

/** The benchmark's checks that fail on a host, each with why. */
export async function failedControls(lab: TestLab, host: string, role: "server" | "agent"): Promise<readonly string[]> {
  const shown = await shownBy(lab, host);
  return checks
    .filter((check) => role === "server" || check.role === "node")
    .flatMap((check) => failure(check, shown) ?? []);
}

/** Names and addresses in the certificate that a host's kubelet shows; throws unless the cluster's authority has signed it. */
export async function kubeletCertificateOf(lab: TestLab, host: string): Promise<readonly string[]> {
  const text = await inHost(
    lab.name,
    host,
    `set -euo pipefail
openssl s_client -connect "$(hostname):10250" -CAfile /etc/kubernetes/pki/ca.crt -verify_return_error < /dev/null 2> /dev/null |
  openssl x509 -noout -ext subjectAltName | tail -n 1`,
  );
  return text
    .trim()
    .split(/,\s*/)
    .map((name) => name.replace("IP Address:", ""))
    .map((name) => name.replace("DNS:", ""))
    .toSorted();
}

/** Asks, as an agent's kubelet, for a serving certificate that is for other names, too; the request's name. */
export async function foreignRequest(lab: TestLab, agent: string, names: string): Promise<string> {
  const script = `set -euo pipefail
key=/var/lib/kubelet/pki/kubelet-client-current.pem
server=$(awk '$1 == "server:" { print $2; exit }' /etc/kubernetes/kubelet.conf)
request=$(openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null \\
  -subj "/O=system:nodes/CN=system:node:${agent}" -addext "subjectAltName=${names}" 2> /dev/null | base64 --wrap=0)
printf '{"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest", "metadata": {"name": "foreign"},
  "spec": {"signerName": "kubernetes.io/kubelet-serving", "request": "%s", "usages": ["digital signature", "server auth"]}}' "$request" |
  curl --silent --show-error --fail --cacert /etc/kubernetes/pki/ca.crt --cert "$key" --key "$key" --data @- \\
    --header 'Content-Type: application/json' "$server/apis/certificates.k8s.io/v1/certificatesigningrequests" > /dev/null`;
  await inHost(lab.name, agent, script);
  return "foreign";
}

const told = z.object({
  events: z.array(z.object({ who: z.string(), did: z.string(), what: z.string(), answer: z.number().optional() })),
  unanswered: z.array(z.object({ server: z.string() })),
});

/** What `./grappe audit` tells of a lab. */
export async function auditOf(lab: string): Promise<z.output<typeof told>> {
  const command = [join(repository, "grappe"), "audit", "--lab", lab, "--since", "1h", "--json"] as const;
  return told.parse(JSON.parse((await run([...command])).stdout));
}
