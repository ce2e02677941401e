import { expect, test } from "vitest";
import { ownFolders } from "../../../lab/fresh/node-and-go.ts";
import { ownNetwork } from "../../../lab/fresh/own-network.ts";
import { aptAccess, nameServers, proxyVariables } from "../../../lab/fresh/registry-access.ts";

test("of apt's configuration a fresh computer gets how packages are reached, and nothing else", () => {
  const dump = [
    'APT::Install-Recommends "1";',
    'Acquire::Languages "none";',
    'Acquire::http::Proxy "http://proxy.test:3128";',
    'Acquire::Check-Valid-Until "false";',
    'Acquire::IndexTargets::deb::Packages "x";',
  ].join("\n");
  const expected = 'Acquire::http::Proxy "http://proxy.test:3128";\nAcquire::Check-Valid-Until "false";\n';
  expect(aptAccess(dump)).toBe(expected);
  expect(aptAccess("")).toBe("");
});

test("name servers are those that another network reaches too", () => {
  const own = "nameserver 127.0.0.53\noptions edns0\n";
  expect(nameServers("nameserver 192.0.2.1\n", "nameserver 192.0.2.9\n")).toBe("nameserver 192.0.2.1\n");
  expect(nameServers(own, "nameserver 192.0.2.9\n")).toBe("nameserver 192.0.2.9\n");
  expect(nameServers(own, "")).toBe(own);
});

test("proxies are handed on in either spelling, what npm says about itself is not", () => {
  const environment = { https_proxy: "http://p.test", NO_PROXY: "localhost", http_proxy: "", npm_config_cache: "/c" };
  expect(proxyVariables(environment)).toEqual({ https_proxy: "http://p.test", NO_PROXY: "localhost" });
});

test("a user's own Node.js isn't the one of a package", () => {
  const path = "/work/grappe/node_modules/.bin:/work/node_modules/npm/lib/bin::/usr/local/bin:/usr/bin";
  expect(ownFolders(path)).toEqual(["/usr/local/bin", "/usr/bin"]);
});

test("fresh computers' networks are apart from each other and from labs'", () => {
  expect(ownNetwork(7)).toEqual({
    name: "grappe-fresh-7",
    interface: "fresh-7",
    subnet: "10.212.7.0/30",
    here: "10.212.7.1",
    there: "10.212.7.2",
  });
});
