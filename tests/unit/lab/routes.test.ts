import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { bridgeOf, hasAddress, strayMessage, wayOf } from "../../../lab/hardware/routes.ts";
import { run } from "../../../runtime/subprocess.ts";
import { ensurePrograms } from "../../../runtime/toolchain/debian-packages.ts";

test("a network's bridge is what the engine says, or docker's own naming", () => {
  expect(bridgeOf("podman", '[{"name": "n", "network_interface": "cni-podman3"}]')).toBe("cni-podman3");
  const id = "0123456789abcdef0123";
  expect(bridgeOf("docker", JSON.stringify([{ Id: id, Options: {} }]))).toBe("br-0123456789ab");
  const named = [{ Id: id, Options: { "com.docker.network.bridge.name": "lab0" } }];
  expect(bridgeOf("docker", JSON.stringify(named))).toBe("lab0");
});

test("what ip prints is read", () => {
  const shown = '[{"ifname": "b", "addr_info": [{"family": "inet", "local": "10.3.4.1", "prefixlen": 24}]}]';
  expect(hasAddress(shown, "10.3.4.1")).toBe(true);
  expect(hasAddress(shown, "10.3.4.2")).toBe(false);
  expect(hasAddress("", "10.3.4.1")).toBe(false);
  expect(wayOf('[{"dst": "10.3.4.5", "dev": "b", "prefsrc": "10.3.4.1", "flags": []}]')).toEqual({ device: "b" });
  const routed = '[{"dst": "10.3.4.5", "gateway": "10.0.0.1", "dev": "eth0", "flags": []}]';
  expect(wayOf(routed)).toEqual({ device: "eth0", gateway: "10.0.0.1" });
});

test("a way that isn't the bridge is told with the place, the way and the fix", () => {
  const network = { reached: new Map([["10.3.4.5", "host server-1 of lab one"]]), instead: "take another lab" };
  expect(strayMessage(network, "10.3.4.5", "b", { device: "tun0", gateway: "10.0.0.1" })).toMatch(
    /10\.3\.4\.5 \(host server-1 of lab one\) by tun0 to the router 10\.0\.0\.1\. .*bridge b,.*Fix: .*or take another lab\.$/,
  );
  expect(strayMessage(network, "10.3.4.5", "b", undefined)).toContain("nowhere, as there is no route");
});

// A network namespace of its own, with real bridges and routes: that takes root.
const inNamespace = test.skipIf(process.getuid?.() !== 0);
const ensureIn = async (...commands: readonly string[]): Promise<string> => {
  const script = join(import.meta.dirname, "route-in-namespace.ts");
  return (await run(["unshare", "--net", process.execPath, script, ...commands])).stdout.trim();
};
beforeAll(async () => {
  if (process.getuid?.() === 0) await ensurePrograms([{ program: "ip", debianPackage: "iproute2" }]);
}, 300_000);
const bridge = ["ip link add br0 type bridge", "ip link set br0 up"];

inNamespace("a bridge without an address, as CNI leaves it, gets the gateway's, once", async () => {
  expect(await ensureIn(...bridge)).toBe("10.3.4.1/24");
  expect(await ensureIn(...bridge, "ip address add 10.3.4.1/24 dev br0")).toBe("10.3.4.1/24");
});

inNamespace("a more specific route past the bridge is refused, and so is a rule", async () => {
  const other = [
    ...bridge,
    "ip link add other type bridge",
    "ip link set other up",
    "ip address add 10.9.9.1/24 dev other",
  ];
  const route = await ensureIn(...other, "ip route add 10.3.4.5/32 via 10.9.9.2");
  expect(route).toMatch(/10\.3\.4\.5 \(host server-1\) by other to the router 10\.9\.9\.2/);
  const rule = ["ip route add default via 10.9.9.2 table 7", "ip rule add to 10.3.0.0/16 table 7"];
  expect(await ensureIn(...other, ...rule)).toMatch(/by other to the router 10\.9\.9\.2.*ip rule/);
});

inNamespace("a second interface in the same network is refused", async () => {
  const twin = ["ip link add twin type bridge", "ip link set twin up", "ip address add 10.3.4.9/24 dev twin"];
  expect(await ensureIn(...twin, ...bridge)).toMatch(/10\.3\.4\.5 \(host server-1\) by twin\. /);
});
