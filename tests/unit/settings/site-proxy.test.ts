import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { parseSettings } from "../../../components/settings/parse.ts";
import { isExcepted, proxyExceptions } from "../../../components/settings/site-proxy.ts";
import { change, problemsOf, stackConfig, stackFileConfig } from "./stack-files.ts";

const proxied = (stack: "pi" | "dev", proxy: unknown, secrets: Readonly<Record<string, string>> = {}) =>
  stackConfig(change(stackFileConfig(stack), { "site.proxy": proxy }), secrets);

const url = "http://proxy.example.org:3128";

/** The exceptions of a stack file with a proxy. */
function exceptionsOf(stack: "pi" | "dev", noProxy: readonly string[] = []) {
  const { site, cluster, apiAddress, hosts } = parseSettings(proxied(stack, { url, noProxy }));
  return { exceptions: proxyExceptions(site, cluster, apiAddress), site, cluster, apiAddress, hosts };
}

describe("what never goes through the proxy", () => {
  it.each(["pi", "dev"] as const)("is this machine, the site and the cluster: %s", (stack) => {
    const { exceptions, site, cluster, apiAddress, hosts } = exceptionsOf(stack, [".shop.lan", "198.51.100.7"]);
    const inside = [
      ...["localhost", "127.0.0.1", "127.5.0.1", "169.254.169.254", apiAddress, "kubernetes.default.svc"],
      ...["sum.calculator.svc.cluster.local", "registry.shop.lan", "198.51.100.7"],
      ...hosts.flatMap(({ privateAddress, podSubnet }) => [
        privateAddress,
        podSubnet.replace("0/", "7/").split("/")[0],
      ]),
      cluster.serviceCidr.replace(".0/", ".1/").split("/")[0],
      ...site.loadBalancerPool.flatMap((range) => range.split("-")),
    ];
    for (const host of inside)
      if (host !== undefined) expect(`${host}: ${isExcepted(host, exceptions)}`).toBe(`${host}: true`);
    for (const host of ["registry.k8s.io", "github.com", "8.8.8.8", "shop.lan.example.org", "svc"])
      expect(`${host}: ${isExcepted(host, exceptions)}`).toBe(`${host}: false`);
  });

  test("each address of each network of the site, whatever the ranges are", () => {
    const { site, cluster, apiAddress } = parseSettings(stackConfig(stackFileConfig("pi")));
    const network = fc
      .tuple(fc.ipV4(), fc.integer({ min: 8, max: 30 }))
      .map(([address, prefix]) => ({ first: numberOf(address) & maskOf(prefix), prefix }));
    fc.assert(
      fc.property(network, network, fc.nat(), (one, pods, offset) => {
        const cidr = ({ first, prefix }: typeof one) => `${textOf(first)}/${prefix}`;
        const within = ({ first, prefix }: typeof one) => textOf(first + (offset % 2 ** (32 - prefix)));
        const own = { ...site, network: cidr(one) } as typeof site;
        const exceptions = proxyExceptions(own, { ...cluster, podCidr: cidr(pods) }, apiAddress);
        expect(isExcepted(within(one), exceptions) && isExcepted(within(pods), exceptions)).toBe(true);
        expect(new Set(exceptions).size).toBe(exceptions.length);
      }),
    );
  });

  const rows: readonly [string, string, boolean][] = [
    ["a.example.org", "example.org", true],
    ["example.org", "example.org", true],
    ["example.org", ".example.org", false],
    ["A.Example.org", ".example.ORG", true],
    ["badexample.org", "example.org", false],
    ["10.0.0.1", "0.0.0.0/0", true],
    ["10.0.1.1", "10.0.0.0/24", false],
    ["10.0.0.1", "10.0.0.10", false],
  ];
  it.each(rows)("%s by %s: %s", (host, exception, expected) => {
    expect(isExcepted(host, [exception])).toBe(expected);
  });
});

const bytesOf = (address: string) => address.split(".").map(Number);
const numberOf = (address: string) => bytesOf(address).reduce((number, byte) => (number << 8) | byte, 0);
const maskOf = (prefix: number) => -1 << (32 - prefix);
const textOf = (number: number) => [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join(".");

describe("the proxy's settings", () => {
  const refused: readonly [unknown, RegExp][] = [
    [{ url: "http://shop:secret@proxy.example.org:3128" }, /user or password/],
    [{ url: "https://proxy.example.org:3128" }, /http:\/\//],
    [{ url: "socks5://proxy.example.org:1080" }, /HTTP proxy/],
    [{ url: "http://proxy.example.org" }, /without a port/],
    [{ url: "proxy.example.org:3128" }, /not a proxy's address/],
    [{ url: "http://proxy.example.org:3128/path" }, /not a proxy's address/],
    [{ url: "http://proxy.example.org:99999" }, /not a proxy's address/],
    [{ url: "http://pro xy:3128" }, /not a proxy's address/],
    [{ url, noProxy: ["*"] }, /neither/],
    [{ url, noProxy: ["*.shop.lan"] }, /neither/],
    [{ url, noProxy: ["registry.shop.lan:5000"] }, /neither/],
    [{ url, noProxy: ["http://registry.shop.lan"] }, /neither/],
    [{ url, noProxy: ["192.168.7.1/24"] }, /neither/],
    [{ url, noProxy: ["a,b"] }, /neither/],
  ];
  it.each(refused)("%j is refused", (proxy, reason) => {
    for (const stack of ["pi", "dev"] as const) {
      const [problem] = problemsOf(proxied(stack, proxy));
      expect(problem?.path).toMatch(/^grappe:site\.proxy\./);
      expect(`${problem?.reason} ${problem?.fix}`).toMatch(reason);
    }
  });

  it("a login is a user and a secret", () => {
    const proxy = { url, user: "shop" };
    expect(problemsOf(proxied("pi", proxy)).map(({ path }) => path)).toEqual(["grappe:proxyPassword"]);
    expect(problemsOf(proxied("pi", proxy, { "grappe:proxyPassword": `#"\\'$%41:@` }))).toEqual([]);
    for (const password of ["two words", "ü", "", "a\nb"]) {
      const [problem, ...others] = problemsOf(proxied("pi", proxy, { "grappe:proxyPassword": password }));
      expect(others).toEqual([]);
      expect(problem?.path).toBe("grappe:proxyPassword");
      if (password !== "") expect(JSON.stringify(problem)).not.toContain(password);
    }
    expect(problemsOf(proxied("pi", { url, user: "a:b" }))[0]?.path).toBe("grappe:site.proxy.user");
  });
});
