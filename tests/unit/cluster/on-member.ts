import { loadScript } from "../../../components/host/script.ts";
import { shellAssignments } from "../../../components/host/shell-assignments.ts";
import { inOwnNamespace } from "../host/own-namespace.ts";

/** Where the steps of `components/cluster` lie, for `loadScript`. */
export const steps = new URL("../../../components/cluster/x", import.meta.url).href;

/** Makes a real certificate with its days left; in a `.conf` as a kubeconfig has it. The others aren't there. */
const certificate = (file: string, left: number) => `
mkdir -p $(dirname ${file})
openssl req -newkey ed25519 -noenc -keyout key -subj /CN=x -out request 2> /dev/null
openssl x509 -req -in request -signkey key -days ${left} -out ${file} 2> /dev/null
${file.endsWith(".conf") ? `printf '    client-certificate-data: %s\\n' "$(base64 --wrap=0 < ${file})" > new; mv new ${file}` : ""}`;

const values = (script: string, own: Readonly<Record<string, string>>): string => {
  const named = [...script.matchAll(/\$\{(\w+)(?::\?|\?|=|:=)/g)].map(([, name = ""]) => [name, "word"]);
  return shellAssignments({
    ...Object.fromEntries(named),
    distribution: "k3s",
    nodeName: "pi-1",
    nodeAddress: "10.0.0.1",
    version: "v1.36.5+k3s1",
    configHash: "same",
    keepalivedConf: "",
    drainTimeoutSeconds: "30",
    otherServers: "",
    ...own,
  });
};

/** Runs a node's step on a member whose configuration is as it should be; what it does is printed by functions that stand in. */
export async function onMember(step: string, file: string, left: number, standIns: string, body: string) {
  const { text } = loadScript(steps, step);
  const functions = text.slice(text.indexOf("set -euo pipefail"), text.lastIndexOf("\n}\n") + 3);
  const { stdout, stderr, code } = await inOwnNamespace(`${certificate(file, left)}
mkdir -p /var/lib/grappe/kubernetes
cd /var/lib/grappe/kubernetes
touch member joining; echo same > applied; echo v1.36.5+k3s1 > version
cat > /run/values << 'VALUES'
${values(text, {})}
VALUES
cat > /run/step << 'STEP'
${functions}
${standIns}
${body}
STEP
bash --norc /run/step < /run/values`);
  return { lines: stdout.trim().split("\n"), stderr, code };
}

/** Stands in for what a change asks of others, and prints it. */
export const turns = `
until_success() { shift 2; "$@"; }
api_answers() { true; }
await_api() { true; }
await_ready() { true; }
take_turn() { echo turn; }
has_other_nodes() { true; }
drain_or_release_turn() { echo drained; }
guard_version() { true; }
systemctl() { echo "systemctl $*"; }
kubeadm() { echo "kubeadm $*"; }
restart_static_pod() { echo "restart $1"; }
write_k3s_server_files() { true; }
link_binaries() { true; }`;
