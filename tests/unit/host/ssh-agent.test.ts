import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { staleAgent } from "../../../components/host/ssh-agent.ts";

describe("an SSH agent", () => {
  const folder = mkdtempSync(join(tmpdir(), "grappe-agent-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("that is not asked for is no trouble", async () => {
    expect(await staleAgent(undefined)).toBeUndefined();
    expect(await staleAgent("")).toBeUndefined();
  });

  test("that listens is no trouble", async () => {
    const socket = join(folder, "agent");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    expect(await staleAgent(socket)).toBeUndefined();
    server.close();
  });

  test.each(["gone", "file"])("whose socket is stale (%s) is named, with the fix", async (name) => {
    if (name === "file") writeFileSync(join(folder, name), "");
    expect(await staleAgent(join(folder, name))).toMatch(/SSH_AUTH_SOCK .*unset SSH_AUTH_SOCK/);
  });
});
