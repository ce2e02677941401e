import { describe, expect, it } from "vitest";
import { calendarEvents, robfigCron } from "../../../components/cluster/etcd-snapshot-schedule.ts";
import { renderSnapshotConfig } from "../../../components/cluster/k3s/k3s-config.ts";
import { etcdSnapshotSettings } from "../../../components/cluster/kubeadm/etcd-snapshot-units.ts";

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
