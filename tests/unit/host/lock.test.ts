import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseLock, renderLock } from "../../../components/host/artifacts/lock.ts";
import { checksumIn, lockedChecksums } from "../../../components/host/artifacts/locked-checksums.ts";
import { downloadsOf } from "../../../operations/lock.ts";

const a = "a".repeat(64);
const b = "b".repeat(64);

describe("the lock file", () => {
  test("is sorted, and is read back as it was written", () => {
    const text = renderLock({ "kubelet@v1.36.3/arm64": b, "k3s@v1.36.5+k3s1/amd64": a });
    expect(Object.keys(JSON.parse(text))).toEqual(["k3s@v1.36.5+k3s1/amd64", "kubelet@v1.36.3/arm64"]);
    expect(parseLock(text)).toEqual(JSON.parse(text));
  });

  test("its mistakes are named", () => {
    expect(() => parseLock(`{"k3s@v1/amd64": "abc"}`)).toThrow(/k3s@v1\/amd64: not a SHA-256/);
    expect(() => parseLock(`{"k3s": "${a}"}`)).toThrow(/\.\/grappe lock/);
  });
});

test.each([
  ["the sum alone", `${a}\n`, "k3s", a],
  ["a list", `${a}  other\n${b}  k3s\n`, "k3s", b],
  ["a list of binary files", `${b} *k3s\n`, "k3s", b],
  ["upper case", `${b.toUpperCase()}  k3s\n`, "k3s", b],
  ["a list without it", `${a}  k3s-arm64\n`, "k3s", undefined],
  ["an error page", "<html>not found</html>\n", "k3s", undefined],
  ["nothing", "", "k3s", undefined],
])("finds a checksum in %s", (_what, text, name, expected) => {
  expect(checksumIn(text, name)).toBe(expected);
});

describe("writing the lock from publishers", () => {
  let server: Server;
  let mirrors: Record<string, string> = {};
  beforeAll(async () => {
    server = createServer((request, response) => {
      const isKubelet = /\/release\/v1\.36\.3\/bin\/linux\/(amd64|arm64)\/kubelet\.sha256$/.test(request.url ?? "");
      response.writeHead(isKubelet ? 200 : 404).end(isKubelet ? (request.url?.includes("amd64") ? a : b) : "");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    mirrors = {
      "https://dl.k8s.io": `http://127.0.0.1:${address.port}`,
      "https://github.com": `http://127.0.0.1:${address.port}`,
    };
  });
  afterAll(() => server.close());

  test("takes every architecture's sum", async () => {
    expect(await lockedChecksums([{ name: "kubelet", version: "v1.36.3" }], mirrors)).toEqual({
      "kubelet@v1.36.3/amd64": a,
      "kubelet@v1.36.3/arm64": b,
    });
  });

  test("says all that can't be read", async () => {
    const artifacts = [
      { name: "kubeadm", version: "v1.36.3" },
      { name: "k3s", version: "v1.36.5+k3s1" },
    ] as const;
    const written = lockedChecksums(artifacts, mirrors);
    await expect(written).rejects.toThrow(/amd64\/kubeadm\.sha256 can't be read: HTTP 404/);
    await expect(written).rejects.toThrow(/sha256sum-arm64\.txt can't be read: HTTP 404/);
  });
});

test("locks what the distribution downloads", () => {
  expect(downloadsOf({ distribution: "k3s", version: "v1.36.5+k3s1" })).toEqual([
    { name: "k3s", version: "v1.36.5+k3s1" },
  ]);
  expect(
    downloadsOf({ distribution: "kubeadm", version: "1.36.3" }).map(({ name, version }) => `${name} ${version}`),
  ).toContain("kubelet v1.36.3");
});
