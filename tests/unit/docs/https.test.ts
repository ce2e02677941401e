import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { parseSettings } from "../../../components/settings/parse.ts";
import { ensurePrograms } from "../../../runtime/toolchain/debian-packages.ts";
import { hasNamespaces, inOwnNamespace } from "../host/own-namespace.ts";
import { issueFor } from "../platform/issue-certificate.ts";
import { change, stackConfig, stackFileConfig } from "../settings/stack-files.ts";

const page = readFileSync(new URL("../../../docs/https.md", import.meta.url), "utf8");

/** The page's blocks, each as it would be copied. */
const blocks = page
  .split(/\n(?! {4})/)
  .map((part) => part.split("\n").slice(1))
  .filter((lines) => lines.length > 0)
  .map((lines) => lines.map((line) => line.slice(4)).join("\n"));

/** Those that a computer of this kind can't run: the rest of the blocks are each run or read below. */
const elsewhere = ["Add-Content", "Import-Certificate", "sudo security"];

function blockWith(text: string): string {
  const [found, ...others] = blocks.filter((block) => block.includes(text));
  if (found === undefined || others.length > 0) throw new Error(`${1 + others.length} blocks with ${text}`);
  return found;
}

const run = {
  rootOutput: blockWith("./grappe output rootCertificate"),
  hosts: blockWith("sudo tee -a /etc/hosts"),
  health: blockWith("curl --cacert"),
  nss: blockWith("certutil"),
  system: blockWith("update-ca-certificates"),
  firefox: blockWith("policies.json"),
};
const read = {
  byDns: blockWith("dnsChallenge:"),
  own: blockWith("authority: own"),
  credentials: blockWith("CF_DNS_API_TOKEN"),
  setting: blockWith("config set"),
  dnsmasq: blockWith("address=/"),
  kubectl: blockWith("delete secret"),
};

const settingsIn = (block: string) => z.record(z.string(), z.record(z.string(), z.unknown())).parse(parse(block));

/** A stack as the page's block makes it. */
function stackOf(block: string) {
  const { "grappe:platform": platform = {}, "grappe:apps": apps = {} } = settingsIn(block);
  const { expose } = z.object({ expose: z.unknown() }).parse(apps.odoo);
  const changes = { "platform.ingress": platform.ingress, "platform.certificates": platform.certificates };
  return change(stackFileConfig("pi"), { ...changes, "apps.odoo.expose": expose });
}

describe("docs/https.md", () => {
  it("has no block that isn't run or read here, but those of other systems", () => {
    const known = new Set([...Object.values(run), ...Object.values(read)]);
    const others = blocks.filter((block) => !known.has(block));
    expect(others.map((block) => elsewhere.find((command) => block.startsWith(command)))).toEqual(elsewhere);
  });

  it("has settings that are taken as they stand, and credentials", () => {
    const { platform } = parseSettings(
      stackConfig(stackOf(read.byDns), { "grappe:dnsCredentials": read.credentials.trim() }),
    );
    expect(platform.certificates).toMatchObject({ dnsChallenge: { provider: "cloudflare" } });
    const own = parseSettings(stackConfig(stackOf(read.own)));
    expect(own.platform.certificates).toEqual({ authority: "own" });
    expect(own.apps.odoo?.expose).toEqual({ by: "ingress", host: "till.shop.lan" });
  });

  it("names one address and one name throughout", () => {
    const addresses = new Set(page.match(/\b\d+\.\d+\.\d+\.\d+\b/g)?.filter((one) => one !== "9.9.9.9"));
    expect([...addresses]).toEqual(["192.168.1.160"]);
    expect(read.dnsmasq.trim()).toBe("address=/till.shop.lan/192.168.1.160");
    expect(read.kubectl).toContain("-n traefik delete secret own-authority");
  });
});

describe.runIf(hasNamespaces)("the commands of docs/https.md, on a computer of their own", () => {
  let folder: string;
  beforeAll(async () => {
    await ensurePrograms([
      { program: "certutil", debianPackage: "libnss3-tools" },
      { program: "update-ca-certificates", debianPackage: "ca-certificates" },
    ]);
    folder = await mkdtemp(join(tmpdir(), "grappe-https-page-"));
    await mkdir(join(folder, "secrets"));
    const issued = await issueFor(folder, { names: ["till.shop.lan"], address: "192.168.1.160" });
    expect(issued.stderr).toBe("");
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** A computer at which the till answers, the page's words being the shell's; `sudo` is root already. */
  const computer = (words: string) => `
mkdir -p /tmp/page-home; mount -t tmpfs none /tmp/page-home; export HOME=/tmp/page-home; cd $HOME
sudo() { "$@"; }
apt-get() { true; }
cp ${folder}/secrets/own-authority/tls.crt root.crt
printf '#!/bin/sh\\ncat root.crt\\n' > grappe; chmod +x grappe
ip address add 192.168.1.160/32 dev lo
cat > till.mjs << 'PROGRAM'
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
const at = "${folder}/secrets/own-certificate/";
createServer({ key: readFileSync(at + "tls.key"), cert: readFileSync(at + "tls.crt") }, (_, answer) => answer.end('{"status": "pass"}')).listen(443, "192.168.1.160");
PROGRAM
${process.execPath} till.mjs &
for i in {1..100}; do if curl --silent --insecure https://192.168.1.160 > /dev/null; then break; fi; sleep 0.1; done
${words}`;

  it("give the root, and tell whether all is well before it is trusted", async () => {
    const { code, stdout } = await inOwnNamespace(computer(`${run.rootOutput}\n${run.health}`));
    expect(code).toBe(0);
    expect(stdout).toMatch(/subject=CN ?= ?grappe shop[\s\S]*notAfter=[\s\S]*sha256 Fingerprint=/);
    expect(stdout).toContain('{"status": "pass"}');
  });

  it("lead to the till by its name, which the computer then trusts, and didn't before", async () => {
    const ask = "curl --silent https://till.shop.lan/web/health";
    const words = `${run.rootOutput}\n${run.hosts}\n${ask} || echo "not trusted: $?"\n${run.system}\n${ask}`;
    const { code, stdout } = await inOwnNamespace(computer(words), ["/var/lib", "/usr/local/share/ca-certificates"]);
    expect(code).toBe(0);
    expect(stdout).toContain("not trusted: 60");
    expect(stdout).toMatch(/\{"status": "pass"\}$/);
  });

  it("put the root into Chromium's store, also where there is one, and twice", async () => {
    const words = `${run.rootOutput}\n${run.nss}\n${run.nss}\ncertutil -d sql:$HOME/.pki/nssdb -L`;
    const { code, stdout } = await inOwnNamespace(computer(words));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^grappe +C,,/m);
  });

  it("tell Firefox of it by a policy that is JSON", async () => {
    const words = `${run.rootOutput}\n${run.firefox}\ncat /etc/firefox/policies/policies.json; cmp shop.crt /etc/ssl/grappe.crt`;
    const { code, stdout } = await inOwnNamespace(computer(words));
    expect(code).toBe(0);
    const policy: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    expect(policy).toEqual({ policies: { Certificates: { Install: ["/etc/ssl/grappe.crt"] } } });
  });
});
