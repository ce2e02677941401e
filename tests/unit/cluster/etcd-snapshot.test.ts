import { describe, expect, it } from "vitest";
import { calendarEvents, robfigCron } from "../../../components/cluster/etcd-snapshot-schedule.ts";
import { renderSnapshotConfig } from "../../../components/cluster/k3s/k3s-config.ts";
import { etcdSnapshotScript, etcdSnapshotSettings } from "../../../components/cluster/kubeadm/etcd-snapshot-units.ts";
import { shellQuote } from "../../../components/host/shell-assignments.ts";
import { hasNamespaces, inOwnNamespace } from "../host/own-namespace.ts";
import { awaitS3, startS3 } from "./s3-server.ts";

const s3 = { endpoint: "s3.example.org", bucket: "shop", region: "eu", folder: "", accessKey: "key" };

describe("a schedule for systemd and for k3s", () => {
  it.each([
    ["0 */6 * * *", ["*-*-* 0,6,12,18:0:00"], "0 0,6,12,18 * * *"],
    ["30 2 * * *", ["*-*-* 2:30:00"], "30 2 * * *"],
    ["15 1,13 1 * *", ["*-*-1 1,13:15:00"], "15 1,13 1 * *"],
    ["0 4 * * 0", ["Sun *-*-* 4:0:00"], "0 4 * * 0"],
    ["0 3 * * SUN", ["Sun *-*-* 3:0:00"], "0 3 * * 0"],
    ["0 3 * * 7", ["Sun *-*-* 3:0:00"], "0 3 * * 0"],
    ["0 3 * * 0-6", ["Sun,Mon,Tue,Wed,Thu,Fri,Sat *-*-* 3:0:00"], "0 3 * * 0,1,2,3,4,5,6"],
    ["0 8-10 * * mon-fri", ["Mon,Tue,Wed,Thu,Fri *-*-* 8,9,10:0:00"], "0 8,9,10 * * 1,2,3,4,5"],
    ["*/20 * * */3 *", ["*-1,4,7,10-* *:0,20,40:00"], "0,20,40 * * 1,4,7,10 *"],
    ["0 3 */10 * *", ["*-*-1,11,21,31 3:0:00"], "0 3 1,11,21,31 * *"],
    ["0 3 * * */2", ["Sun,Tue,Thu,Sat *-*-* 3:0:00"], "0 3 * * 0,2,4,6"],
    ["0 0 1,15 * 1", ["*-*-1,15 0:0:00", "Mon *-*-* 0:0:00"], "0 0 1,15 * 1"],
  ])("%s", (cron, events, forK3s) => {
    expect(calendarEvents(cron)).toEqual(events);
    expect(robfigCron(cron)).toBe(forK3s);
  });

  it.each([
    ...["every day", "@daily", "0 */6 * *", "0 0 * * Mon; rm", "0 0 0 * * *", "0 0 ? * *", "0 0 L * *", "0 0 * * 1#2"],
    ...[
      "60 * * * *",
      "*/0 * * * *",
      "0 0 31 2 *",
      "0 0 30 2 *",
      "0 0 * * fri-mon",
      "0 0 */2 * 1",
      "H * * * *",
      "0 0 * * 8",
    ],
    ...["", " 0 0 * * *", "0 0 * * *\n"],
  ])("refuses «%s»", (cron) => {
    expect(() => calendarEvents(cron)).toThrow(cron);
    expect(() => robfigCron(cron)).toThrow(cron);
  });
});

describe.runIf(hasNamespaces)("copies in S3 of kubeadm's snapshots", () => {
  const old = (name: string, days: readonly number[]) =>
    days.map((day) => `shops/berlin/etcd-${name}-2026010${day}T000000Z.db`);
  const kept = [
    ...old("pi-1", [1, 2, 3, 4, 5, 6]),
    ...old("pi-1-2", [1, 2, 3, 4]),
    ...old("pi-2", [1]),
    "shops/berlin/etcd-pi-1-mine",
  ];
  const take = (more = "", before = "", secret = "geheim") =>
    inOwnNamespace(
      `
${startS3(kept, secret)}
mkdir -p bin /var/lib/etcd /var/lib/grappe
cat > bin/ctr << 'PROGRAM'
#!/bin/sh
case "$*" in
  *"task list"*) echo "x 1 RUNNING" ;;
  *"container info"*) echo '"io.kubernetes.container.name": "etcd"' ;;
  *) touch /var/lib/etcd/.grappe-snapshot ;;
esac
PROGRAM
printf '#!/bin/sh\\necho pi-1\\n' > bin/hostname
chmod +x bin/*
${awaitS3}
${before}
PATH=$PWD/bin:$PATH CURL_CA_BUNDLE=$PWD/cert.pem RETENTION=3 S3_ENDPOINT=localhost:9443 S3_BUCKET=shop S3_REGION=eu \\
  S3_FOLDER=shops/berlin S3_ACCESS_KEY=key S3_SECRET_KEY=${shellQuote(secret)} ${more} bash -c ${shellQuote(etcdSnapshotScript)} 2>&1 | grep -v "the API wasn't told\\|kubectl" || true
cat requests`,
      ["/var/lib", "/usr/local/lib"],
    );

  it.each([
    ["by the site's proxy", "http://127.0.0.1:1", /Failed to connect to 127\.0\.0\.1 port 1 /],
    ["without it where S3 is of the site", "DIRECT", /^PUT shops/m],
  ])("go %s", async (_, answer, expected) => {
    const { stdout } = await take(
      "",
      `mkdir -p /usr/local/lib/grappe /etc/grappe; echo 'proxy = "http://127.0.0.1:1"' > /etc/grappe/proxy.curlrc
printf '#!/bin/sh\ntest "$1" = https://localhost:9443/ && echo ${answer}\n' > /usr/local/lib/grappe/proxy-of
chmod +x /usr/local/lib/grappe/proxy-of`,
    );
    expect(stdout).toMatch(expected);
  });

  it("are as many as on the server, the newest; another server's stay, and whatever is no snapshot", async () => {
    const { stdout, stderr } = await take();
    expect(stderr).toBe("");
    const [, ...requests] = stdout.trim().split("\n");
    expect(requests).toEqual([
      expect.stringMatching(/^PUT shops\/berlin\/etcd-pi-1-\d{8}T\d{6}Z\.db$/),
      ...old("pi-1", [4, 3, 2, 1]).map((key) => `DELETE ${key}`),
    ]);
  });

  it("are signed with whatever signs the keys hold", async () => {
    const { stdout } = await take(`S3_ACCESS_KEY='k"\\y'`, "", `a"b\\c'd$e`);
    expect(stdout).toMatch(/^PUT shops/m);
  });

  it("stay where the key isn't taken, and the unit fails", async () => {
    const { stdout } = await take("S3_SECRET_KEY=other");
    expect(stdout).toMatch(/403/);
    expect(stdout).not.toMatch(/DELETE|bytes/);
  });
});

describe("snapshots in S3", () => {
  it("need their secret key, whichever the distribution", () => {
    const settings = { schedule: "0 4 * * *", retention: 7, s3 };
    expect(() => etcdSnapshotSettings(settings, undefined)).toThrow("grappe:etcdS3SecretKey");
    expect(() => renderSnapshotConfig(settings, undefined, 3)).toThrow("grappe:etcdS3SecretKey");
    expect(renderSnapshotConfig(settings, "geheim", 3)).toContain("etcd-s3-secret-key: geheim");
  });

  it("quote their values for systemd", () => {
    const text = etcdSnapshotSettings({ schedule: "0 4 * * *", retention: 7, s3 }, 'a"b$c\\d');
    expect(text).toContain('S3_SECRET_KEY="a\\"b\\$c\\\\d"\n');
    expect(text).toContain('RETENTION="7"\n');
  });
});
