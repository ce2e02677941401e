import { X509Certificate } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { at, isTrue, textAt } from "../../runtime/kubernetes-api/json-path.ts";
import { changed } from "../engine-runs.ts";
import { inHost } from "./host-traces.ts";
import { TestLab } from "./test-lab.ts";

const month = vi.hoisted(() => ({ now: "2026-01" }));

// The month alone makes nodes look at their certificates.
vi.mock("../../components/cluster/certificate-month.ts", () => ({ certificateMonth: () => month.now }));

const name = "aged";
const servers = ["server-1", "server-2", "server-3"];
let lab: TestLab;

beforeAll(async () => {
  lab = await TestLab.open(name);
  await lab.configure({ servers: 3, agents: 1 });
  await lab.up();
});

afterAll(async () => {
  if (process.env.GRAPPE_LAB_KEEP === undefined) await lab.close();
});

/** Every certificate of the control plane as it would be after 305 days: the same keys and names, signed by the cluster's authorities. */
const age = `
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
aged() { # certificate, key, authority
  openssl x509 -x509toreq -in "$1" -signkey "$2" -copy_extensions copyall -out "$scratch/request" 2> /dev/null
  openssl x509 -req -in "$scratch/request" -CA "$3.crt" -CAkey "$3.key" -days 60 -copy_extensions copyall -out "$scratch/aged" 2> /dev/null
}
field() { sed -nE "s/^ *$2: //p" "$1" | base64 --decode; }
cd /etc/kubernetes/pki
for certificate in apiserver{,-kubelet-client,-etcd-client}.crt front-proxy-client.crt etcd/{server,peer,healthcheck-client}.crt; do
  case $certificate in
    front-proxy-*) authority=front-proxy-ca ;;
    etcd/* | *-etcd-*) authority=etcd/ca ;;
    *) authority=ca ;;
  esac
  aged "$certificate" "\${certificate%.crt}.key" "$authority"
  cat "$scratch/aged" > "$certificate"
done
for file in ../{admin,super-admin,controller-manager,scheduler}.conf; do
  [[ -e $file ]] || continue
  field "$file" client-certificate-data > "$scratch/crt"
  field "$file" client-key-data > "$scratch/key"
  aged "$scratch/crt" "$scratch/key" ca
  sed -i "s|^\\( *client-certificate-data: \\).*|\\1$(base64 --wrap=0 "$scratch/aged")|" "$file"
done
`;

/** The days that each certificate of the control plane has left, and what its programs show on their ports, as SHA-256. */
const look = `
set -euo pipefail
cd /etc/kubernetes
days() { echo $((($(date --date "$(openssl x509 -noout -enddate | cut -d = -f 2)" +%s) - $(date +%s)) / 86400)); }
for file in pki/{apiserver{,-kubelet-client,-etcd-client},front-proxy-client,etcd/{server,peer,healthcheck-client}}.crt; do
  echo "$file $(days < "$file")"
done
for file in {admin,super-admin,controller-manager,scheduler}.conf; do
  if [[ -e $file ]]; then echo "$file $(sed -nE 's/^ *client-certificate-data: //p' "$file" | base64 --decode | days)"; fi
done
fingerprint() { openssl x509 -noout -fingerprint -sha256 | cut -d = -f 2; }
shown() { openssl s_client -connect "127.0.0.1:$1" -cert pki/etcd/peer.crt -key pki/etcd/peer.key < /dev/null 2> /dev/null | fingerprint; }
for pair in 6443=apiserver 2379=etcd/server; do
  if [[ $(shown "\${pair%=*}") = "$(fingerprint < "pki/\${pair#*=}.crt")" ]]; then echo "port-\${pair%=*} new"; else echo "port-\${pair%=*} former"; fi
done
`;

async function facts(host: string): Promise<ReadonlyMap<string, string>> {
  const lines = (await inHost(name, host, look)).trim().split("\n");
  return new Map(lines.map((line) => [line.split(" ")[0] ?? "", line.split(" ")[1] ?? ""]));
}

/** The days left of each certificate, without the ports. */
const daysOf = (found: ReadonlyMap<string, string>) =>
  [...found].filter(([what]) => !what.startsWith("port-")).map(([, days]) => Number(days));

/** The end of the administrator's certificate in a kubeconfig. */
function endOf(kubeconfig: string): Date {
  const [, data = ""] = /client-certificate-data: (\S+)/.exec(kubeconfig) ?? [];
  return new Date(new X509Certificate(Buffer.from(data, "base64")).validTo);
}

/** What was seen of the nodes while something went on. */
interface Seen {
  /** Which were out at the same time, drained or not Ready, each time that was asked. */
  readonly out: readonly (readonly string[])[];
  /** The longest time without an answer from the API's one address. */
  readonly silentSeconds: number;
}

async function seenDuring(work: () => Promise<unknown>): Promise<Seen> {
  const { api } = lab;
  const out: string[][] = [];
  let [isRunning, answered, longest] = [true, performance.now(), 0];
  const watching = (async () => {
    while (isRunning) {
      const nodes = await api.list("v1", "Node", "", "").catch(() => undefined);
      const now = performance.now();
      longest = Math.max(longest, now - answered);
      if (nodes !== undefined) {
        answered = now;
        const away = nodes.filter((node) => !isTrue(node, "Ready") || at(node, "spec", "unschedulable") === true);
        out.push(away.map((node) => textAt(node, "metadata", "name") ?? "").toSorted());
      }
      await delay(400);
    }
  })();
  try {
    await work();
  } finally {
    isRunning = false;
    await watching;
  }
  return { out, silentSeconds: longest / 1_000 };
}

describe("a control plane's certificates near their end", () => {
  test("aren't touched while they have long to live, whatever the month", async () => {
    const before = await Promise.all(servers.map(facts));
    month.now = "2026-02";
    const { out } = await seenDuring(() => lab.timed("a month's first up, all certificates young", () => lab.up()));
    expect(out.flat()).toEqual([]);
    expect(await Promise.all(servers.map(facts))).toEqual(before);
  });

  test("are renewed by the first up of a month, server after server, and the API answers all along", async () => {
    for (const server of servers) await inHost(name, server, age);
    for (const server of servers) {
      const found = await facts(server);
      expect(daysOf(found).every((days) => days < 61)).toBe(true);
      expect(daysOf(found).length).toBeGreaterThanOrEqual(10);
    }
    const former = lab.kubeconfig;
    month.now = "2026-03";
    const { out, silentSeconds } = await seenDuring(() =>
      lab.timed("a month's first up, all certificates renewed", () => lab.up()),
    );
    expect(silentSeconds).toBeLessThan(15);
    expect(out.filter((nodes) => nodes.length > 1)).toEqual([]);
    expect([...new Set(out.flat())].toSorted()).toEqual(servers);
    for (const server of servers) {
      const found = await facts(server);
      expect(daysOf(found).every((days) => days > 360)).toBe(true);
      expect([found.get("port-6443"), found.get("port-2379")]).toEqual(["new", "new"]);
    }
    expect(lab.kubeconfig).not.toBe(former);
    expect(endOf(lab.kubeconfig).getTime() - Date.now()).toBeGreaterThan(360 * 86_400_000);
    const nodes = await lab.api.list("v1", "Node", "", "");
    expect(nodes.map((node) => isTrue(node, "Ready"))).toEqual([true, true, true, true]);
  });

  test("leave nothing to do for the next up", async () => {
    expect(changed(await lab.up())).toEqual([]);
  });
});
