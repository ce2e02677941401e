import { describe, expect, it } from "vitest";
import { calendarEvent } from "../../../components/cluster/etcd-snapshot-schedule.ts";
import { renderSnapshotConfig } from "../../../components/cluster/k3s/k3s-config.ts";
import { etcdSnapshotSettings } from "../../../components/cluster/kubeadm/etcd-snapshot-units.ts";

const s3 = { endpoint: "s3.example.org", bucket: "shop", region: "eu", folder: "", accessKey: "key" };

describe("calendarEvent", () => {
  it.each([
    ["0 */6 * * *", "*-*-* 0/6:0:00"],
    ["30 2 * * *", "*-*-* 2:30:00"],
    ["15 1,13 1 * *", "*-*-1 1,13:15:00"],
    ["0 4 * * 0", "Sun *-*-* 4:0:00"],
    ["0 8-18 * * 1-5", "Mon..Fri *-*-* 8..18:0:00"],
    ["*/10 * * */3 *", "*-1/3-* *:0/10:00"],
  ])("%s becomes %s", (cron, event) => {
    expect(calendarEvent(cron)).toBe(event);
  });

  it.each(["0 */6 * *", "@daily", "0 0 1 * 1", "0 0 * * Mon; rm"])("refuses %s", (cron) => {
    expect(() => calendarEvent(cron)).toThrow(cron);
  });
});

describe("snapshots in S3", () => {
  it("need their secret key, whichever the distribution", () => {
    const settings = { schedule: "0 4 * * *", retention: 7, s3 };
    expect(() => etcdSnapshotSettings(settings, undefined)).toThrow("grappe:etcdS3SecretKey");
    expect(() => renderSnapshotConfig(settings, undefined)).toThrow("grappe:etcdS3SecretKey");
    expect(renderSnapshotConfig(settings, "geheim")).toContain("etcd-s3-secret-key: geheim");
  });

  it("quote their values for systemd", () => {
    const text = etcdSnapshotSettings({ schedule: "0 4 * * *", retention: 7, s3 }, 'a"b$c\\d');
    expect(text).toContain('S3_SECRET_KEY="a\\"b\\$c\\\\d"\n');
    expect(text).toContain('RETENTION="7"\n');
  });
});
