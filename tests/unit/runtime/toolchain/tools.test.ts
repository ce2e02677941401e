import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { run } from "../../../../runtime/subprocess.ts";
import { goModuleVersion } from "../../../../runtime/toolchain/go-module.ts";
import { ownSystem } from "../../../../runtime/toolchain/own-system.ts";
import { isReachable } from "../../../../runtime/toolchain/reachable.ts";
import {
  ensureTool,
  helmTool,
  pulumiModule,
  pulumiTool,
  type ToolBuilds,
} from "../../../../runtime/toolchain/tools.ts";

const version = await goModuleVersion(pulumiModule);

let scratch: string;
let server: Server;
let origin: string;
let requests: string[];
let answers: Record<string, Buffer | string>;
let builds: string[];
let isCutOff: boolean;

/** Writes a program that says it is of a version; with a language host beside it, it is an official one. */
function writeProgram(folder: string, { says = version, languageHost = false } = {}): string {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, "pulumi");
  writeFileSync(program, `#!/bin/sh\necho ${says}\n`);
  chmodSync(program, 0o755);
  if (languageHost) writeFileSync(join(folder, "pulumi-language-nodejs"), "");
  return program;
}

/** Puts an official release at the publisher's. */
async function publish(options: { readonly says?: string; readonly checksum?: string } = {}): Promise<void> {
  const folder = join(scratch, "release", "pulumi");
  writeProgram(folder, { says: options.says, languageHost: true });
  const { url, checksumName, checksumUrl } = pulumiTool(origin).release(version);
  const archive = join(scratch, "release.tar.gz");
  await run(["tar", "-czf", archive, "-C", dirname(folder), "pulumi"]);
  const content = readFileSync(archive);
  const checksum = options.checksum ?? createHash("sha256").update(content).digest("hex");
  answers[new URL(url).pathname] = content;
  answers[new URL(checksumUrl).pathname] = `${"0".repeat(64)}  another.tar.gz\n${checksum}  ${checksumName}\n`;
}

/** Builds as Go's, which leave a program without a language host. */
const ownBuilds = (isBuilt: boolean): ToolBuilds => {
  const folder = join(scratch, "built");
  if (isBuilt) writeProgram(folder);
  return {
    built: async () => (isBuilt ? folder : undefined),
    build: async (module) => {
      builds.push(module.name);
      writeProgram(folder);
      return folder;
    },
  };
};

const ensure = (isBuilt = false) => ensureTool(pulumiTool(origin), ownBuilds(isBuilt));
const built = () => join(scratch, "built", "pulumi");

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), "grappe-tools-"));
  vi.stubEnv("XDG_CACHE_HOME", join(scratch, "cache"));
  vi.stubEnv("PATH", `${join(scratch, "bin")}:/usr/bin:/bin`);
  requests = [];
  answers = {};
  builds = [];
  isCutOff = false;
  server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (isCutOff) return request.socket.destroy();
    const answer = answers[request.url ?? ""];
    return response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the test server has no port");
  origin = `http://127.0.0.1:${address.port}`;
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(scratch, { recursive: true });
});

describe("the Pulumi CLI", () => {
  test("the official one on PATH goes before all, also where another one stands before it", async () => {
    const official = writeProgram(join(scratch, "official"), { languageHost: true });
    writeProgram(join(scratch, "bin"));
    vi.stubEnv("PATH", `${process.env.PATH}:${dirname(official)}`);
    await publish();
    expect(await ensure(true)).toBe(official);
    expect(requests).toEqual([]);
  });

  test("the official release goes before one that was built, on PATH or in the cache, and is downloaded once", async () => {
    writeProgram(join(scratch, "bin"));
    await publish();
    const program = await ensure(true);
    expect((await run([program, "version"])).stdout.trim()).toBe(version);
    expect(readFileSync(join(dirname(program), "pulumi-language-nodejs"), "utf8")).toBe("");
    const asked = requests.length;
    expect(await ensure(true)).toBe(program);
    expect(requests).toHaveLength(asked);
    expect(builds).toEqual([]);
  });

  test("where releases aren't reached, what was built serves, and asking costs one attempt in ten minutes", async () => {
    isCutOff = true;
    expect(await ensure(true)).toBe(built());
    const asked = requests.length;
    expect(asked).toBeGreaterThan(0);
    expect(await ensure(true)).toBe(built());
    expect(requests).toHaveLength(asked);
  });

  test("who has nothing else asks again, whatever is remembered", async () => {
    isCutOff = true;
    expect(await isReachable(origin)).toBe(false);
    isCutOff = false;
    await publish();
    expect(await isReachable(origin)).toBe(false);
    expect(await ensure()).toContain(join(scratch, "cache"));
  });

  test("where there is nothing at all, it is built", async () => {
    expect(await ensure()).toBe(built());
    expect(builds).toEqual(["pulumi"]);
  });

  test("a release whose checksum is another one isn't taken, and leaves nothing", async () => {
    await publish({ checksum: "1".repeat(64) });
    expect(await ensure(true)).toBe(built());
    expect(vi.mocked(process.stderr.write).mock.calls.join()).toMatch(/has SHA-256 \w+, expected 1{64}/);
  });

  test("a release that doesn't run here, or is of another version, isn't taken", async () => {
    await publish({ says: "v3.0.0" });
    expect(await ensure(true)).toBe(built());
  });

  test("another version on PATH isn't taken", async () => {
    writeProgram(join(scratch, "bin"), { says: "v3.0.0", languageHost: true });
    expect(await ensure(true)).toBe(built());
  });

  test("one error says what to install where nothing helps", async () => {
    const none: ToolBuilds = { built: async () => undefined, build: () => Promise.reject(new Error("no Go")) };
    await expect(ensureTool(pulumiTool(origin), none)).rejects.toThrow(
      new RegExp(`could not be built\\.\\nno Go\\nInstall pulumi ${version} and put it on PATH: ${origin}`),
    );
  });
});

describe("releases fit the computer", () => {
  test.each([
    ["linux", "x64", "linux-x64", "linux-amd64"],
    ["linux", "arm64", "linux-arm64", "linux-arm64"],
    ["darwin", "arm64", "darwin-arm64", "darwin-arm64"],
    ["darwin", "x64", "darwin-x64", "darwin-amd64"],
  ])("%s %s", (platform, arch, pulumiTarget, helmTarget) => {
    const before = { platform: process.platform, arch: process.arch };
    Object.defineProperties(process, { platform: { value: platform }, arch: { value: arch } });
    try {
      const { url, checksumUrl } = pulumiTool().release("v3.259.0");
      expect(url).toBe(`https://get.pulumi.com/releases/sdk/pulumi-v3.259.0-${pulumiTarget}.tar.gz`);
      expect(checksumUrl).toBe("https://get.pulumi.com/releases/sdk/pulumi-3.259.0-checksums.txt");
      expect(helmTool()).toMatchObject({ archiveFolder: helmTarget });
      expect(helmTool().release("v3.19.5").url).toBe(`https://get.helm.sh/helm-v3.19.5-${helmTarget}.tar.gz`);
    } finally {
      Object.defineProperties(process, { platform: { value: before.platform }, arch: { value: before.arch } });
    }
  });

  test("another system is refused in a sentence", () => {
    expect(() => ownSystem("win32")).toThrow("grappe runs on Linux and macOS, and this computer's system is win32.");
  });
});
