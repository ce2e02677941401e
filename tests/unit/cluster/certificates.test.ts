import { describe, expect, test } from "vitest";
import { certificateMonth } from "../../../components/cluster/certificate-month.ts";
import { loadScript } from "../../../components/host/script.ts";
import { hasNamespaces } from "../host/own-namespace.ts";
import { onMember, steps, turns } from "./on-member.ts";

test("a month has one name, and the next one another", () => {
  expect(certificateMonth(new Date("2026-11-01T00:00:00Z"))).toBe("2026-11");
  expect(certificateMonth(new Date("2026-11-30T23:59:59Z"))).toBe("2026-11");
  expect(certificateMonth(new Date("2026-12-01T00:00:00Z"))).toBe("2026-12");
});

const tls = "/var/lib/rancher/k3s/server/tls";
const k3sAgent = "/var/lib/rancher/k3s/agent";
const files = {
  k3s: [`${tls}/client-admin.crt`, `${tls}/etcd/peer-server-client.crt`, `${k3sAgent}/client-kubelet.crt`],
  kubeadm: ["/etc/kubernetes/pki/apiserver.crt", "/etc/kubernetes/pki/etcd/server.crt", "/etc/kubernetes/admin.conf"],
};

describe.runIf(hasNamespaces)("a server's certificates", () => {
  test.each(files.k3s)("are renewed in their last 110 days: k3s by its restart, in turn, drained: %s", async (file) => {
    const body = "change_when_it_is_our_turn";
    const { lines, stderr } = await onMember("./k3s/server.sh", file, 105, turns, body);
    expect(stderr).toBe("");
    expect(lines).toEqual([
      "turn",
      "drained",
      "systemctl enable --quiet word.service",
      "systemctl restart word.service",
    ]);
  });

  test.each(files.kubeadm)("are renewed by kubeadm, and all that read them start anew: %s", async (file) => {
    const body = "change_when_it_is_our_turn";
    const { lines, stderr } = await onMember("./kubeadm/server.sh", file, 105, turns, body);
    const restarts = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
    expect(lines).toEqual(["turn", "drained", ...restarts.map((name) => `restart ${name}`)]);
    expect(stderr).toBe("kubeadm certs renew all\n");
  });

  test.each(["k3s", "kubeadm"] as const)("of %s are left alone before, and nobody is drained", async (distribution) => {
    const body = "change_when_it_is_our_turn; echo untouched";
    const [file = ""] = files[distribution];
    const { lines } = await onMember(`./${distribution}/server.sh`, file, 115, turns, body);
    expect(lines).toEqual(["untouched"]);
  });

  test("that weren't renewed fail the step in their last 30 days, by name", async () => {
    const standIns = `${turns}
node_exists() { true; }
is_etcd_voter() { true; }
reconcile_labels_and_taints() { true; }
back_to_work() { echo back; }`;
    const admin = `${tls}/client-admin.crt`;
    const failed = await onMember("./k3s/server.sh", admin, 20, standIns, "await_member_server");
    expect(failed.lines).toEqual(["back"]);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(`end within 30 days: ${tls}/client-admin.crt. Fix`);
    expect((await onMember("./k3s/server.sh", admin, 40, standIns, "await_member_server")).code).toBe(0);
  });
});

describe.runIf(hasNamespaces)("an agent's certificates of k3s", () => {
  const { text } = loadScript(steps, "./k3s/agent.sh");
  const body = text.slice(text.lastIndexOf("\n}\n") + 3);
  const standIns = `${turns}
is_forgotten() { false; }
write_registration() { true; }
stage_switch() { echo staged; }
start_agent() { echo started; }`;
  const decided = async (left: number) =>
    (await onMember("./k3s/agent.sh", `${k3sAgent}/client-kubelet.crt`, left, standIns, body)).lines;

  test("are renewed by a start that waits until it is drained", async () => {
    expect(await decided(105)).toEqual(["staged"]);
    expect(await decided(115)).toEqual(["systemctl start k3s-agent.service"]);
  });

  test("are renewed at once when they have ended, as the API knows it no more", async () => {
    expect(await decided(-1)).toEqual(["started"]);
  });
});
