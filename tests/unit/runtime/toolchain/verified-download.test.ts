import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { progressOf } from "../../../../runtime/progress.ts";
import { checksumOf, downloadVerified } from "../../../../runtime/toolchain/verified-download.ts";

const content = "program";
const sha256 = createHash("sha256").update(content).digest("hex");
const quiet = progressOf("test", () => undefined);

let cache: string;
let server: Server;
let origin: string;
let requests: string[];
let answers: Record<string, string>;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "grappe-cache-"));
  vi.stubEnv("XDG_CACHE_HOME", cache);
  requests = [];
  answers = { "/program": content, "/program.sha256": sha256 };
  server = createServer((request, response) => {
    requests.push(request.url ?? "");
    const answer = answers[request.url ?? ""];
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the test server has no port");
  origin = `http://127.0.0.1:${address.port}`;
});

afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(cache, { recursive: true, force: true });
});

const download = () => ({ url: `${origin}/program`, checksumUrl: `${origin}/program.sha256`, checksumName: "program" });

test("a file that its publisher's checksum confirms is kept and not downloaded again", async () => {
  const file = await downloadVerified({ ...download(), locked: sha256 }, quiet);
  expect(await readFile(file, "utf8")).toBe(content);
  expect(await downloadVerified(download(), quiet)).toBe(file);
  expect(requests.filter((path) => path === "/program")).toHaveLength(1);
});

test("a file of another content is refused and not kept", async () => {
  answers["/program"] = "tampered";
  await expect(downloadVerified(download(), quiet)).rejects.toThrow(/has SHA-256 .* expected/);
  expect(await readdir(join(cache, "grappe", "downloads"))).toEqual([]);
});

test("a publisher whose checksum is no longer the locked one is refused before anything is downloaded", async () => {
  await expect(downloadVerified({ ...download(), locked: "0".repeat(64) }, quiet)).rejects.toThrow(
    /artifacts\.lock\.json/,
  );
  expect(requests).toEqual(["/program.sha256"]);
});

test("what is not there is told with its address", async () => {
  delete answers["/program"];
  await expect(downloadVerified(download(), quiet)).rejects.toThrow(`${origin}/program answered 404 Not Found`);
});

test.each([
  [`${sha256}\n`, sha256],
  [`${"0".repeat(64)}  other\n${sha256} *dist/program\n`, sha256],
  [`${sha256}  other\n`, undefined],
  ["not found", undefined],
])("the SHA-256 in %j", (checksums, expected) => {
  expect(checksumOf(checksums, "program")).toBe(expected);
});
