import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { containerdHosts, k3sRegistries } from "../../../components/host/registries.ts";

const registries = {
  "docker.io": { endpoints: ["https://mirror.example", "https://mirror-1.docker.io"] },
  "registry.shop.example:5000": { endpoints: ["https://registry.shop.example:5000"], username: "shop" },
};
const passwords = { "registry.shop.example:5000": 'p"w' };

describe("containerd", () => {
  const files = containerdHosts(registries, passwords);

  test("asks mirrors in their order, then the registry itself", () => {
    expect(files["docker.io"]).toBe(`# Made by grappe; do not edit.
server = "https://registry-1.docker.io"

[host."https://mirror.example"]
  capabilities = ["pull", "resolve"]

[host."https://mirror-1.docker.io"]
  capabilities = ["pull", "resolve"]
`);
  });

  test("asks a mirror at a path of its own there, and doesn't put /v2 behind it", () => {
    const endpoints = ["https://harbor.example/v2/dockerhub", "https://nexus.example/docker/", "https://a.example/v2"];
    const hosts = containerdHosts({ "docker.io": { endpoints } }, {})["docker.io"] ?? "";
    const overridden = hosts.split("\n\n").filter((table) => table.includes("override_path = true"));
    expect(overridden.map((table) => table.split("\n")[0])).toEqual([
      '[host."https://harbor.example/v2/dockerhub"]',
      '[host."https://nexus.example/docker/"]',
    ]);
  });

  test("gives the password to its own registry only", () => {
    const basic = Buffer.from('shop:p"w').toString("base64");
    expect(files["registry.shop.example:5000"]).toContain(`Authorization = "Basic ${basic}"`);
    expect(files["docker.io"]).not.toContain("Authorization");
  });
});

describe("k3s", () => {
  test("has mirrors, and credentials by the endpoint's host", () => {
    expect(parse(k3sRegistries(registries, passwords))).toEqual({
      mirrors: {
        "docker.io": { endpoint: ["https://mirror.example", "https://mirror-1.docker.io"] },
        "registry.shop.example:5000": { endpoint: ["https://registry.shop.example:5000"] },
      },
      configs: { "registry.shop.example:5000": { auth: { username: "shop", password: 'p"w' } } },
    });
  });

  test("has no file without registries", () => {
    expect(k3sRegistries({}, {})).toBe("");
  });
});

test("a username without a password is refused with the command that sets it", () => {
  expect(() => k3sRegistries(registries, {})).toThrow(/pulumi config set --secret grappe:registryPasswords/);
  expect(() => containerdHosts(registries, {})).toThrow(/registry\.shop\.example:5000 has a username/);
});
