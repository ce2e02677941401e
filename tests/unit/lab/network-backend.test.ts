import { expect, test } from "vitest";
import { networkBackendOf } from "../../../lab/hardware/network-backend.ts";

const info = (version: string, networkBackend?: string): string =>
  JSON.stringify({ host: { networkBackend, os: "linux" }, version: { Version: version } });

test("podman says itself which network back end it uses", () => {
  expect(networkBackendOf(info("4.3.1", "netavark"))).toBe("netavark");
  expect(networkBackendOf(info("4.9.3", "cni"))).toBe("cni");
  expect(networkBackendOf(info("5.4.2", "netavark"))).toBe("netavark");
});

test("a podman that can't run hosts of the lab is refused, with the fix", () => {
  expect(() => networkBackendOf(info("3.4.4"))).toThrow(/podman 3\.4\.4 is too old.*Debian 12, Ubuntu 24\.04/);
  expect(() => networkBackendOf(info("4.3.1", "slirp"))).toThrow(/network back end slirp.*containers\.conf/);
});
