import { X509Certificate } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { certificateTimer, issueValues } from "../../../components/platform/own-authority.ts";
import { timerService, timerUnit } from "../../../components/platform/server-timers.ts";
import { type Given, issueFor } from "./issue-certificate.ts";

let folder: string;
let secrets: string;
let runtime: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "grappe-own-authority-"));
  [secrets, runtime] = [join(folder, "secrets"), join(folder, "run")];
  await mkdir(secrets);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const names = ["till.shop.example", "dashboard.shop.example"];
const issue = (given: Partial<Given> = {}) => issueFor(folder, { names, ...given });

const pem = (secret: string) => readFile(join(secrets, secret, "tls.crt"), "utf8");
const certificateIn = async (secret: string) => new X509Certificate(await pem(secret));
const days = ({ validFrom, validTo }: X509Certificate) => (Date.parse(validTo) - Date.parse(validFrom)) / 86_400_000;

describe("the shop's own authority", () => {
  test("is a root of ten years, and issues what browsers take: names and address, 397 days, for servers", async () => {
    const { code, stdout, stderr } = await issue();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(await pem("own-authority"));
    const root = await certificateIn("own-authority");
    expect(root.subject).toMatch(/^CN=grappe shop \d{4}-\d\d-\d\d$/);
    expect([root.ca, root.publicKey.asymmetricKeyDetails?.namedCurve, days(root)]).toEqual([true, "prime256v1", 3650]);
    const certificate = await certificateIn("own-certificate");
    expect(certificate.subjectAltName).toBe("DNS:dashboard.shop.example, DNS:till.shop.example, IP Address:192.0.2.7");
    expect([certificate.ca, days(certificate), certificate.keyUsage]).toEqual([false, 397, ["1.3.6.1.5.5.7.3.1"]]);
    expect([certificate.checkIssued(root), certificate.verify(root.publicKey)]).toEqual([true, true]);
  });

  test("stays what it is, and so does its certificate, at the next run", async () => {
    await issue();
    const before = [await pem("own-authority"), await pem("own-certificate")];
    expect((await issue({ forward: 264 })).code).toBe(0);
    expect(await issue({ isUp: "no", forward: 264 })).toEqual({ code: 0, stdout: "", stderr: "" });
    expect([await pem("own-authority"), await pem("own-certificate")]).toEqual(before);
  });

  test.each([
    ["a third of its life is left", { forward: 265 }],
    ["names changed", { names: ["till.shop.example"] }],
    ["the address changed", { address: "192.0.2.8" }],
  ])("issues anew when %s, by `up` and by the timer, and stays the same authority", async (_, given) => {
    await issue();
    const [root, certificate] = [await pem("own-authority"), await pem("own-certificate")];
    expect(await issue({ ...given, isUp: "no" })).toEqual({ code: 0, stdout: "", stderr: "" });
    const byTimer = await pem("own-certificate");
    expect(byTimer).not.toBe(certificate);
    expect((await issue()).code).toBe(0);
    expect(await pem("own-certificate")).not.toBe(certificate);
    expect(await pem("own-authority")).toBe(root);
  });

  test("issues anew where the certificate is another authority's, or its key another's", async () => {
    await issue();
    const first = await pem("own-certificate");
    await rm(join(secrets, "own-authority"), { recursive: true });
    expect((await issue()).code).toBe(0);
    expect((await certificateIn("own-certificate")).checkIssued(await certificateIn("own-authority"))).toBe(true);
    const [second, key] = [await pem("own-certificate"), join(secrets, "own-certificate", "tls.key")];
    expect(second).not.toBe(first);
    await writeFile(key, await readFile(join(secrets, "own-authority", "tls.key"), "utf8"));
    expect((await issue()).code).toBe(0);
    expect(await pem("own-certificate")).not.toBe(second);
  });

  test("is one, also where two make it at once", async () => {
    const [one, two] = await Promise.all([issue(), issue()]);
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(one.stdout).toBe(two.stdout);
  });

  test("that is broken is left as it is, and told", async () => {
    await mkdir(join(secrets, "own-authority"));
    await writeFile(join(secrets, "own-authority", "tls.crt"), "not a certificate");
    const { code, stderr } = await issue();
    expect(code).toBe(1);
    expect(stderr).toContain("the Secret traefik/own-authority is no authority. Fix: ");
    expect(await pem("own-authority")).toBe("not a certificate");
  });

  test("is never made by the timer", async () => {
    const { code, stderr } = await issue({ isUp: "no" });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("traefik/own-authority is gone. Fix: ./grappe pulumi up"),
    ]);
    expect(await readdir(secrets)).toEqual([]);
  });

  test("issues for no longer than it lasts itself, says so, and at its end how to have another", async () => {
    await issue();
    const late = await issue({ forward: 3640 });
    expect([late.code, late.stderr]).toEqual([0, expect.stringMatching(/ends in (9|10) days; see docs\/https\.md/)]);
    expect(days(await certificateIn("own-certificate"))).toBeLessThanOrEqual(10);
    const after = await issue({ forward: 3651 });
    expect([after.code, after.stderr]).toEqual([1, expect.stringContaining("has ended. Fix: ")]);
  });

  test("leaves no key outside of the cluster, and shows none", async () => {
    const { stdout, stderr } = await issue();
    expect(stdout + stderr).not.toContain("PRIVATE");
    expect(await readdir(runtime)).toEqual([]);
  });
});

test("the timer's unit reads the step's own values, once a day on each server", () => {
  expect(timerService(certificateTimer)).toContain("StandardInput=file:/etc/grappe/grappe-certificate.values\n");
  expect(timerService(certificateTimer)).toContain("ExecStart=/usr/local/lib/grappe/grappe-certificate\n");
  expect(timerUnit(certificateTimer)).toMatch(/OnCalendar=daily\nRandomizedDelaySec=6h\nPersistent=true/);
});

test("a common name has room for a date and a word behind it", () => {
  const values = issueValues({
    distribution: "k3s",
    namespace: "traefik",
    commonName: `grappe ${"x".repeat(90)}`,
    names: [],
  });
  expect(values.commonName.length + " 2026-11-29".length).toBeLessThanOrEqual(64);
});
