import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  failedRecord,
  isCutOff,
  lastRevision,
  type ReleaseRecord,
} from "../../../../../runtime/recovery/kubernetes/release-record.ts";

/** As Helm writes it: base64 of gzip, which Kubernetes shows in base64 once more. */
function recordOf(version: number, status: string, json: string): ReleaseRecord {
  const release = Buffer.from(gzipSync(json).toString("base64")).toString("base64");
  const labels = { name: "metallb", owner: "helm", status, version: String(version) };
  return { metadata: { name: `sh.helm.release.v1.metallb.v${version}`, labels }, data: { release } };
}

function jsonOf({ data }: ReleaseRecord): string {
  return gunzipSync(Buffer.from(Buffer.from(data.release, "base64").toString(), "base64")).toString();
}

const json =
  '{"name":"metallb","info":{"description":"Initial install","status":"pending-install"},"config":{"big":9007199254740993,"status":"pending-install"},"version":1}';

describe("a release's records", () => {
  it("the last revision is the greatest number, not the last text", () => {
    const records = [recordOf(9, "superseded", json), recordOf(10, "deployed", json), recordOf(2, "superseded", json)];
    expect(lastRevision(records)?.metadata.name).toBe("sh.helm.release.v1.metallb.v10");
    expect(lastRevision([])).toBeUndefined();
  });

  it.each([
    ["pending-install", true],
    ["pending-upgrade", true],
    ["uninstalling", true],
    ["deployed", false],
    ["failed", false],
  ])("of an operation that was cut off: %s %s", (status, expected) => {
    expect(isCutOff(recordOf(1, status, json))).toBe(expected);
  });
});

describe("a record that becomes a failed one", () => {
  it("says so in its label and in itself, and is otherwise as it was, to the last digit", () => {
    const failed = failedRecord(recordOf(1, "pending-install", json));
    expect(failed.metadata.labels).toEqual({ name: "metallb", owner: "helm", status: "failed", version: "1" });
    expect(jsonOf(failed)).toBe(json.replace("pending-install", "failed"));
  });

  it("is left alone if it isn't what Helm writes", () => {
    const other = recordOf(1, "pending-install", '{"info":{"status":"deployed"}}');
    expect(() => failedRecord(other)).toThrow(/v1.metallb.v1.*nothing was changed/);
  });
});
