import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { containerdProxyDropIn } from "../../../components/cluster/kubeadm/containerd-config.ts";
import {
  type ProxyLogin,
  proxyAddress,
  proxyFiles,
  proxyTrial,
  renderProxyEnvironment,
  renderProxyRoutes,
} from "../../../components/host/proxy.ts";
import { shellAssignments } from "../../../components/host/shell-assignments.ts";
import { isExcepted, type SiteProxy } from "../../../components/settings/site-proxy.ts";
import { hasNamespaces, inOwnNamespace } from "./own-namespace.ts";
import { standInProxy } from "./stand-in-proxy.ts";

const host = (path: string) => fileURLToPath(new URL(`../../../components/host/${path}`, import.meta.url));
const plain = { url: "http://127.0.0.1:3128", exceptions: ["localhost", "192.168.1.0/24", ".shop.lan"] };
const password = `#"\\'$%41:@`;
const locked: SiteProxy = { ...plain, user: "shop", password: pulumi.secret(password) };

/** Values as a step gets them. */
async function given(values: Readonly<Record<string, pulumi.Input<string>>>): Promise<string> {
  const all = await new Promise<Record<string, string>>((resolve) => pulumi.output(values).apply(resolve));
  return shellAssignments(all);
}

const withProxy = (script: string, login?: ProxyLogin) => `
mkdir -p /var/lib/dpkg /var/lib/apt/lists/partial /usr/local/lib; touch /var/lib/dpkg/status asked
chmod 755 . ; chmod 666 asked
'${process.execPath}' -e '${standInProxy.replaceAll("'", "'\\''")}' ${login === undefined ? "-" : Buffer.from(`${login.user}:${login.password}`).toString("base64")} &
for attempt in {1..100}; do if (: < /dev/tcp/127.0.0.1/3128) 2> /dev/null; then break; fi; sleep 0.05; done
${script}`;

const onMachine = (script: string) => inOwnNamespace(script, ["/var/lib", "/usr/local/lib"]);

describe("what programs are told", () => {
  test("Go's programs, curl and systemd read back the login as it is", () => {
    const anyLogin = fc.record({
      user: fc.stringMatching(/^[!-9;-~]{1,20}$/),
      password: fc.stringMatching(/^[!-~]{1,40}$/),
    });
    fc.assert(
      fc.property(anyLogin, (login) => {
        const address = proxyAddress(plain, login);
        expect(address).toMatch(/^http:\/\/[A-Za-z0-9%]+:[A-Za-z0-9%]+@127\.0\.0\.1:3128$/);
        const { username, password: secret } = new URL(address);
        expect([username, secret].map(decodeURIComponent)).toEqual([login.user, login.password]);
        const lines = renderProxyEnvironment(plain, login, "CONTAINERD_").trimEnd().split("\n");
        expect(lines).toEqual([
          `CONTAINERD_HTTP_PROXY="${address}"`,
          `CONTAINERD_HTTPS_PROXY="${address}"`,
          'CONTAINERD_NO_PROXY="localhost,192.168.1.0/24,.shop.lan"',
        ]);
      }),
    );
  });

  test("the password is in no value that isn't secret", async () => {
    for (const [name, value] of Object.entries({ ...proxyFiles(locked), ...proxyTrial(locked, []) })) {
      const isSecret = await pulumi.isSecret(pulumi.output(value));
      const text = await new Promise<string>((resolve) => pulumi.output(value).apply(resolve));
      const isTold = [password, proxyAddress(plain, { user: "shop", password }), "c2hvc"].some((it) =>
        text.includes(it),
      );
      expect({ name, isSecret: isSecret || !isTold }).toEqual({ name, isSecret: true });
    }
  });
});

test("the program on hosts excepts what the settings except", () => {
  const folder = mkdtempSync(join(tmpdir(), "grappe-proxy-"));
  const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,5}[a-z]$/);
  const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join("."));
  const address = fc
    .tuple(fc.constantFrom(10, 192), fc.constantFrom(0, 168), fc.nat(3), fc.nat(255))
    .map((of) => of.join("."));
  const network = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([of, prefix]) => `${of}/${prefix}`);
  const asked = fc.oneof(name, address);
  const exceptions = fc.array(
    fc.oneof(
      name,
      name.map((of) => `.${of}`),
      address,
      network,
    ),
    { maxLength: 6 },
  );
  const cases = fc
    .sample(fc.tuple(asked, exceptions, fc.boolean()), { numRuns: 60, seed: 7 })
    .map(([of, list, related]) => ({
      of: related && /^[a-z]/.test(list[0] ?? "") ? `${of.replace(/[^a-z.-]/g, "x")}.${list[0]}` : of,
      list: list.filter((one) => !one.includes("/") || isNetworkAddress(one)),
    }));
  // A subshell each, in one bash: to start one for every case took most of the test's time.
  const program = readFileSync(host("proxy-of.sh"), "utf8").replace("/etc/grappe/proxy-routes", '"$file"');
  const asking = cases.map(({ of, list }, index) => {
    const file = join(folder, `routes-${index}`);
    writeFileSync(file, renderProxyRoutes({ url: "http://p:1", exceptions: list }));
    return `file=${file}; proxy_of https://${of}:8443/a/b?c=d`;
  });
  const script = [`proxy_of() (\n${program}\n)`, ...asking, ""].join("\n");
  const answers = execFileSync("bash", ["--norc"], { input: script, encoding: "utf8" }).trim().split("\n");
  expect(answers).toHaveLength(cases.length);
  const told = cases.map((each, index) => ({ ...each, answer: answers[index] }));
  for (const { of, list, answer } of told)
    expect({ of, list, answer }).toEqual({ of, list, answer: isExcepted(of, list) ? "DIRECT" : "http://p:1" });
  expect(new Set(told.map(({ answer }) => answer)).size).toBe(2);
});

/** ipaddr.js takes host bits for granted; the settings refuse them. */
function isNetworkAddress(cidr: string): boolean {
  const [address = "", prefix = "32"] = cidr.split("/");
  const number = address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return number % 2 ** (32 - Number(prefix)) === 0;
}

describe.runIf(hasNamespaces)("a machine behind a proxy", () => {
  const files = `. ${host("preparation/proxy.sh")}\nset_proxy`;
  const sources = `echo 'deb [trusted=yes] http://deb.example.org/debian x main
deb [trusted=yes] https://deb.example.org/security x main
deb [trusted=yes] http://192.168.1.9/debian x main
deb [trusted=yes] http://apt.shop.lan/debian x main' > /etc/apt/sources.list; rm -rf /etc/apt/sources.list.d/*
echo 'Acquire::http::Proxy "http://127.0.0.1:9";' > /etc/apt/apt.conf.d/01-of-the-image`;
  const update =
    "apt-get --option Acquire::Retries=0 --option Acquire::http::Timeout=2 update > /dev/null 2>&1 || true";

  it.each([
    ["that asks for nobody", plain, undefined],
    ["with a login", locked, { user: "shop", password }],
  ] as const)("%s: apt loads by it, but for what is excepted", async (_, proxy, login) => {
    const values = await given(proxyFiles(proxy));
    const { stdout, stderr } = await onMachine(
      withProxy(
        `${sources}\n${values}\n${files}\n${update}\nsort -u asked\nstat -c '%a %n' /etc/apt/*.d/90grappe* /etc/grappe/*`,
        login,
      ),
    );
    const header = login === undefined ? "-" : `Basic ${Buffer.from(`shop:${password}`).toString("base64")}`;
    expect(stderr).toBe("");
    expect(stdout).toContain(`GET http://deb.example.org/debian/dists/x/InRelease ${header}\n`);
    expect(stdout).toContain(`CONNECT deb.example.org:443 ${header}\n`);
    expect(stdout).not.toMatch(/192\.168\.1\.9|shop\.lan/);
    expect(stdout).toContain("644 /etc/apt/apt.conf.d/90grappe-proxy\n");
    expect(stdout).toContain("600 /etc/grappe/proxy.curlrc\n");
    if (login !== undefined) expect(stdout).toContain("600 /etc/apt/auth.conf.d/90grappe-proxy.conf\n");
  });

  test("curl loads by it, but for what is excepted, whatever the environment says", async () => {
    const values = await given(proxyFiles(locked));
    const body = `${values}\n${files}
. ${host("by-proxy.sh")}
export https_proxy=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9
load() { use_proxy_for "$1"; curl "\${by_proxy[@]}" --silent --max-time 3 "$1" || true; }
load http://dl.example.org/a; load http://192.168.1.9/b; load http://mirror.shop.lan:8080/c; load https://dl.example.org/d
cat asked`;
    const { stdout } = await onMachine(withProxy(body, { user: "shop", password }));
    const header = `Basic ${Buffer.from(`shop:${password}`).toString("base64")}`;
    expect(stdout).toBe(`okGET http://dl.example.org/a ${header}\nCONNECT dl.example.org:443 ${header}\n`);
  });

  test("containerd starts anew with it, and without it once it is gone, and only then", async () => {
    const runtime = readFileSync(new URL("../../../components/cluster/kubeadm/runtime.sh", import.meta.url), "utf8");
    const part = /^write_containerd_proxy\(\) \{\n[\s\S]*?^\}\n/m.exec(runtime)?.[0];
    const environment = renderProxyEnvironment(plain, { user: "shop", password });
    const { stdout } = await onMachine(`
. ${host("../cluster/lib/write-file.sh")}
${part}
${shellAssignments({ environment, containerdProxyDropIn })}
for proxyEnvironment in "" "$environment" "$environment" "" ""; do changed=no; write_containerd_proxy; echo $changed; done
proxyEnvironment=$environment; write_containerd_proxy
stat -c '%a %n' /etc/grappe/* /etc/systemd/system/containerd.service.d/*; cat /etc/grappe/containerd-proxy.env`);
    expect(stdout).toBe(
      `no\nyes\nno\nyes\nno\n600 /etc/grappe/containerd-proxy.env\n` +
        `644 /etc/systemd/system/containerd.service.d/grappe-proxy.conf\n${environment}`,
    );
    expect(containerdProxyDropIn).toContain("EnvironmentFile=-/etc/grappe/containerd-proxy.env\n");
  });

  test("a proxy that is taken away, or a cleanup, leaves what stood there before", async () => {
    const [values, none] = await Promise.all([given(proxyFiles(locked)), given(proxyFiles(undefined))]);
    const traces =
      "find /etc/apt /etc/grappe /usr/local/lib -name '*proxy*' -o -name '*grappe*' 2> /dev/null | sort || true";
    const cleanup = `state=/var/lib/grappe deleteData=no; mkdir -p $state
try() { "$@" > /dev/null 2>&1 || true; }
systemctl() { true; }
. ${host("cleanup/clean-files.sh")}
remove_exports() { true; }
remove() { for one in "$@"; do case $one in /etc/apt/* | /etc/grappe | /usr/local/lib/grappe) rm -rf "$one" ;; esac; done; }`;
    const body = (after: string) =>
      `rm -rf /etc/grappe; ${traces}; echo --; ${values}\n${files}; ${traces}; echo --; ${after}; ${traces}`;
    const removed = await onMachine(body(`${none}\nset_proxy; rmdir /etc/grappe /usr/local/lib/grappe`));
    const cleaned = await onMachine(body(`(${cleanup}\nremove_files)`));
    for (const { stdout } of [removed, cleaned]) {
      const [before, during, after] = stdout.split("--\n");
      expect(during?.trim().split("\n")).toHaveLength((before?.trim().split("\n").filter(Boolean).length ?? 0) + 7);
      expect(after).toBe(before);
    }
  });
});

describe.runIf(hasNamespaces)("preflight's look at the proxy", () => {
  async function looked(proxy: SiteProxy, origins: readonly string[], login?: ProxyLogin, before = "") {
    const body = `${before}
finding() { echo "finding: $1; fix: $3"; }
${await given(proxyTrial(proxy, origins))}
. ${host("preflight/proxy-check.sh")}
check_proxy; cat asked`;
    const { stdout, stderr } = await onMachine(withProxy(body, login));
    expect(stderr).toBe("");
    return stdout;
  }
  const origins = ["https://192.168.1.9", "https://dl.example.org", "https://github.example.org"];

  test("asks for the first origin that isn't excepted, with the login", async () => {
    expect(await looked(plain, origins)).toBe("CONNECT dl.example.org:443 -\n");
    const header = `Basic ${Buffer.from(`shop:${password}`).toString("base64")}`;
    expect(await looked(locked, origins, { user: "shop", password })).toBe(`CONNECT dl.example.org:443 ${header}\n`);
    expect(await looked(plain, ["https://dl.example.org:8443"])).toBe("CONNECT dl.example.org:8443 -\n");
  });

  test("asks for the host's packages where a bundle has all else", async () => {
    const before =
      "rm -rf /etc/apt/sources.list.d/*; echo 'deb http://deb.example.org/debian x main' > /etc/apt/sources.list";
    expect(await looked(plain, [], undefined, before)).toBe("HEAD http://deb.example.org/debian -\n");
    const none = "rm -rf /etc/apt/sources.list.d/*; : > /etc/apt/sources.list";
    expect(await looked(plain, [], undefined, none)).toBe("HEAD http://deb.debian.org/debian/ -\n");
  });

  test("without a proxy nothing is asked, and one of the machine's own is told of by its file alone", async () => {
    const without = (before: string) =>
      onMachine(`set -euo pipefail
warning() { echo "warning: $1"; }
rm -rf /etc/environment /etc/profile.d/* /etc/apt/apt.conf*; mkdir -p /etc/apt/apt.conf.d
${before}
. ${host("preflight/proxy-check.sh")}
check_proxy
echo through`);
    expect(await without("")).toMatchObject({ code: 0, stdout: "through\n" });
    const own = await without(`echo 'https_proxy=http://a:geheim@10.0.0.1:3128' > /etc/environment`);
    expect(own.stdout).toMatch(/^warning: .*\/etc\/environment.*\nthrough\n$/);
    expect(own.stdout).not.toContain("geheim");
  });

  const rows: readonly [string, SiteProxy, readonly string[], ProxyLogin | undefined, RegExp][] = [
    ["no login", plain, origins, { user: "a", password: "b" }, /wants another login.*; fix: .*proxyPassword/],
    ["a wrong login", locked, origins, { user: "a", password: "b" }, /wants another login/],
    [
      "a forbidden place",
      plain,
      ["https://forbidden.example.org"],
      undefined,
      /doesn't let this machine to https:\/\/forb/,
    ],
    ["a place out of reach", plain, ["https://unreached.example.org"], undefined, /doesn't reach .* 502 Bad Gateway/],
    [
      "nobody there",
      { ...plain, url: "http://127.0.0.1:3129" },
      origins,
      undefined,
      /isn't reached: Connection refused/,
    ],
    [
      "an unknown name",
      { ...plain, url: "http://nowhere.invalid:3128" },
      origins,
      undefined,
      /isn't reached: .*(name|service|resol)/i,
    ],
  ];
  it.each(rows)("names the setting, the reason and the fix: %s", async (_, proxy, asked, login, expected) => {
    const found = await looked(proxy, asked, login);
    expect(found).toMatch(expected);
    expect(found).toMatch(/^finding: [^\n]*grappe:site\.proxy[^\n]*; fix: [^\n]+\n/);
    expect(found.split("\n")[0]).not.toContain(password);
  });

  test("what isn't a proxy is told", async () => {
    const server = `'${process.execPath}' -e 'require("net").createServer((s) => s.on("error", () => 0).write("SSH-2.0-OpenSSH_9.2\\r\\n")).listen(3130, "127.0.0.1")' &
for attempt in {1..100}; do if (: < /dev/tcp/127.0.0.1/3130) 2> /dev/null; then break; fi; sleep 0.05; done`;
    const found = await looked({ ...plain, url: "http://127.0.0.1:3130" }, origins, undefined, server);
    expect(found).toMatch(/^finding: what answers at .* is no HTTP proxy: «SSH-2\.0-OpenSSH_9\.2»; fix: /);
  });
});
