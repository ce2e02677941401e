import { describe, expect, test } from "vitest";
import { renderSnapshotConfig } from "../../../../components/cluster/k3s/k3s-config.ts";
import { etcdSnapshotSettings } from "../../../../components/cluster/kubeadm/etcd-snapshot-units.ts";
import { awaitS3, startS3 } from "../../cluster/s3-server.ts";
import { hasNamespaces } from "../../host/own-namespace.ts";
import { type Distribution, onServer, type Step, snapshotName } from "./restore-world.ts";

const stop: Step = { file: "./stop.sh" };
const restoreSnapshot: Step = { file: "./restore-snapshot.sh" };
const ownData = { place: "data", snapshot: "data-of-pi-2" };
const restoreOwnData: Step = { file: "./restore-snapshot.sh", values: ownData };
const rejoin: Step = { file: "./rejoin.sh" };
const finish: Step = { file: "./finish.sh" };
const check: Step = { file: "./check-snapshot.sh" };
const survey: Step = { file: "./survey.sh" };

const etcdSnapshots = {
  schedule: "0 4 * * *",
  retention: 7,
  s3: { endpoint: "localhost:9443", bucket: "shop", region: "eu", folder: "berlin", accessKey: "key" },
};

const distributions: readonly Distribution[] = ["kubeadm", "k3s"];

/** What is there afterwards: etcd's data by where it came from, what was put aside, the phase, and what runs. */
const state: Readonly<Record<Distribution, string>> = {
  kubeadm: `
echo "data $(cat /var/lib/etcd/member/from 2> /dev/null)"
echo "aside $(cat /var/lib/etcd/before-restore-*/from 2> /dev/null)"
echo "runs $(ls /etc/kubernetes/manifests | tr '\\n' ' ')"
ls -A /var/lib/etcd | grep -v 'member\\|before-restore' || true`,
  k3s: `
echo "data $(cat /var/lib/rancher/k3s/server/db/etcd/member/from 2> /dev/null)"
echo "aside $(cat /var/lib/rancher/k3s/server/db/etcd-*/member/from 2> /dev/null | grep former)"
echo "runs $([[ -e /run/k3s-runs ]] && echo k3s)"
find /etc/rancher/k3s/config.yaml.d -type f; ls /run/own-cluster 2> /dev/null || true`,
};
const phase = `echo "phase $(cat /var/lib/grappe/restore/phase 2> /dev/null)"`;

const running = {
  kubeadm: "etcd.yaml kube-apiserver.yaml kube-controller-manager.yaml kube-scheduler.yaml",
  k3s: "k3s",
};

async function lines(
  distribution: Distribution,
  steps: readonly Step[],
  body: string,
  before?: string,
): Promise<readonly string[]> {
  const { stdout, stderr } = await onServer(distribution, steps, body, before);
  expect(stderr).toBe("");
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.trimEnd());
}

describe.runIf(hasNamespaces).each(distributions)("a server of %s", (distribution) => {
  const show = `${state[distribution]}\n${phase}`;
  const restored = [
    `data ${snapshotName(distribution)}`,
    "aside former",
    `runs ${running[distribution]}`,
    "phase started",
  ];
  // k3s makes of the data that is there a cluster of one, and puts nothing aside.
  const kept = ["data former", ...(distribution === "k3s" ? ["aside"] : ["aside former"]), ...restored.slice(2)];
  const joined = ["data joined", "aside former", `runs ${running[distribution]}`, "phase joined"];

  test("is stopped, and its data stays", async () => {
    expect(await lines(distribution, [stop], `run 0; run 0; ${show}`)).toEqual([
      "data former",
      "aside",
      "runs",
      "phase stopped",
    ]);
  });

  test("gets the snapshot and runs with it", async () => {
    expect(await lines(distribution, [stop, restoreSnapshot], `run 0; run 1 2> /dev/null; run 1; ${show}`)).toEqual(
      restored,
    );
  });

  test("runs with its own data, alone", async () => {
    const steps = [{ ...stop, values: ownData }, { ...check, values: ownData }, restoreOwnData];
    const alone =
      distribution === "k3s"
        ? "cat /var/lib/rancher/k3s/server/db/etcd/member/alone"
        : "grep -o skip-hash-check /run/log";
    const [told, ...after] = await lines(
      distribution,
      steps,
      `run 1; run 0; run 2 2> /dev/null; run 2; ${show}\n${alone}`,
    );
    expect(told).toBe("whole");
    expect(after).toEqual([...kept, distribution === "k3s" ? "former, alone" : "skip-hash-check"]);
  });

  test("joins the restored one, without its data", async () => {
    expect(await lines(distribution, [stop, rejoin], `run 0; run 1; run 1; ${show}`)).toEqual(joined);
  });

  test.each([
    ["with a snapshot", restoreSnapshot, restored],
    ["with its own data", restoreOwnData, kept],
    ["as another one", rejoin, joined],
  ])("gets there %s wherever it is killed", { timeout: 120_000 }, async (_, step, expected) => {
    // At every seventh command, until none is left to be killed at; stop has few, and the others some hundred.
    const body = `
ended() { (( $1 == 0 )) || { echo "killed at $kill: exit code $1"; cat errors; }; }
code=137
for ((kill = 1; code == 137; kill += 7)); do
  fresh
  KILL_AT=$kill run 0 > /dev/null 2>&1 || true
  run 0 > errors 2>&1 || ended $?
  code=0
  KILL_AT=$kill run 1 > /dev/null 2>&1 || code=$?
  run 1 > errors 2>&1 || ended $?
  { ${show}
  } | sed 's/ *$//' | tr '\\n' ';'
  echo
  if ((code == 0 && kill < 60)); then echo "only $kill"; fi
done | sort -u`;
    const { stdout, stderr } = await onServer(distribution, [stop, step], body);
    expect(stderr.replaceAll(/^.*Killed.*\n/gm, "")).toBe("");
    expect(stdout.trim()).toBe(`${expected.join(";")};`);
  });

  test("that was stopped for another restore is left alone, unless that one is given up", async () => {
    const later: Step = { ...stop, values: { restoreId: "20261130T000000Z" } };
    const instead: Step = { ...stop, values: { restoreId: "20261130T000000Z", abandoned: "1 20261129T141500Z" } };
    const id = "cat /var/lib/grappe/restore/id";
    const body = `run 0; run 1 2>&1 || true; ${id}; run 2; ${id}`;
    expect(await lines(distribution, [stop, later, instead], body)).toEqual([
      "pi-2: another restore of etcd (20261129T141500Z) is under way on this machine. Fix: run ./grappe restore again.",
      "20261129T141500Z",
      "20261130T000000Z",
    ]);
  });

  test("that wasn't stopped gets no snapshot and doesn't join", async () => {
    for (const step of [restoreSnapshot, rejoin]) {
      const { code, stderr } = await onServer(distribution, [step], "run 0");
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/under way|wasn't stopped/);
    }
  });

  test("forgets the restore, the one with the snapshot last", async () => {
    const note: Step = { ...finish, values: { only: "note" } };
    const body = `run 0; run 1; ${phase}; run 2; run 2; ls /var/lib/grappe`;
    const there = distribution === "kubeadm" ? ["etcd-snapshots", "kubernetes"] : ["kubernetes"];
    expect(await lines(distribution, [stop, note, finish], body)).toEqual(["phase over", ...there]);
  });

  test("says what it has", async () => {
    const body = `API=500 run 0; run 1; echo; NEIGHBOUR=200 API=401 run 0 | grep -v ^snapshot`;
    const [first = [], second = []] = (await lines(distribution, [survey, stop], body))
      .join("\n")
      .split("\n\n")
      .map((part) => part.split("\n"));
    const version = distribution === "k3s" ? "v1.36.5+k3s1" : "v1.36.3";
    const mine = ["member yes", `version ${version}`, "data yes", "data-bytes 7"];
    expect(first).toEqual([...mine, expect.stringMatching(/^snapshot disk \S+ 1056 \d+\.\d+$/)]);
    expect(second).toEqual([
      ...mine,
      "api 127.0.0.1",
      "api 10.0.0.3",
      `restore 20261129T141500Z 10.0.0.1 stopped disk ${snapshotName(distribution)}`,
    ]);
  });
});

describe.runIf(hasNamespaces).each(distributions)("a snapshot of %s", (distribution) => {
  const damage = (how: string) => onServer(distribution, [check], `${how}\nrun 0`);

  test("that is whole is told so", async () => {
    const [told] = await lines(distribution, [check], "run 0");
    expect(told).toBe(distribution === "kubeadm" ? "whole: deadbeef, 4711, 812, 3.2 MB" : "whole");
  });

  test.each([
    ["is cut off", 'truncate -s 900 "$file"', /has 900 bytes: it is cut off/],
    ["lacks its checksum", 'truncate -s 1024 "$file"', /it is cut off, or no snapshot/],
    [
      "has another byte",
      'printf x | dd of="$file" bs=1 seek=7 conv=notrunc 2> /dev/null',
      /its checksum is another one/,
    ],
    ["is gone", 'rm "$file"', /is gone/],
    ["has no room", "df() { echo 2000; }; export -f df", /has 2000 bytes free/],
  ])("that %s is refused", async (_, how, why) => {
    const { code, stderr } = await damage(how);
    expect(code).toBe(1);
    expect(stderr).toMatch(why);
    expect(stderr).toMatch(/Nothing was changed|Fix: run/);
  });

  const settings = (secret: string) =>
    distribution === "kubeadm"
      ? `mkdir -p /etc/grappe; cat > /etc/grappe/etcd-snapshot.env << 'ENV'
${etcdSnapshotSettings(etcdSnapshots, secret)}ENV`
      : `cat > /etc/rancher/k3s/config.yaml.d/etcd-snapshots.yaml << 'YAML'
${renderSnapshotConfig(etcdSnapshots, secret, 3)}YAML`;
  const days = [1, 2, 3, 4, 5].map((day) => `berlin/etcd-pi-3-2026110${day}T000000Z.db`);
  const keys = [
    ...days,
    "berlin/etcd-snapshot-pi-3-2.zip",
    "berlin/etcd-deeper/1",
    "berlin/other.db",
    "etcd-pi-9-1.db",
  ];
  const inS3: Step = { ...check, values: { place: "s3", snapshot: "etcd-pi-3-20261105T000000Z.db" } };
  const withBucket = (body: string, secret: string, known = secret) =>
    lines(
      distribution,
      [survey, inS3],
      `export CURL_CA_BUNDLE=$PWD/cert.pem\n${settings(secret)}\ncp "$file" object\n${body}`,
      startS3(keys, known) + awaitS3,
    );

  test.each(["geheim", "0123", `it's`, `"x"`, `a"b\\c'd`, "#x"])(
    "that is in S3 only is listed, page by page, and brought from there, by the key %s",
    async (secret) => {
      const body = "run 0 | grep s3\nrun 1\ncmp object /var/lib/grappe/restore/downloads/*";
      const found = await withBucket(body, secret);
      expect(found.slice(0, -1)).toEqual(
        days.map((key) => `snapshot s3 ${key.replace("berlin/", "")} 1056 2026-11-28T00:00:01.000Z`),
      );
      expect(found.at(-1)).toMatch(/^whole/);
    },
  );

  test("can't be told where S3 doesn't take the key", async () => {
    expect(await withBucket("run 0 | grep s3", "geheim", "other")).toEqual([expect.stringMatching(/^s3-failed .*403/)]);
  });
});

describe.runIf(hasNamespaces)("etcd's manifest on a server that joins", () => {
  test("names all members, once, and that they are there already", async () => {
    const body = `run 0; run 1; run 1; grep -o -- '--initial-cluster.*' /etc/kubernetes/manifests/etcd.yaml; stat -c %a /etc/kubernetes/manifests/etcd.yaml`;
    expect(await lines("kubeadm", [stop, rejoin], body)).toEqual([
      "--initial-cluster=pi-1=https://10.0.0.1:2380,pi-2=https://10.0.0.2:2380",
      "--initial-cluster-state=existing",
      "644",
    ]);
  });
});
