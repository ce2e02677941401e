import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backendVariables, rememberBackend, stackFolder } from "../../../operations/stack-backend.ts";

let data: string;
let environment: NodeJS.ProcessEnv;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "grappe-backend-"));
  environment = { XDG_DATA_HOME: data };
});
afterEach(() => rm(data, { recursive: true }));

describe("the backend of a stack", () => {
  it("is remembered for this user alone, and found again without a variable", async () => {
    const folder = stackFolder("pi", environment);
    const backend = { backend: `file://${folder.state}`, passphraseFile: folder.passphraseFile };
    await rememberBackend("pi", backend, environment);
    await writeFile(folder.passphraseFile, "secret", { mode: 0o600 });
    expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
    expect((await stat(folder.backendFile)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder.path)).toSorted()).toEqual(["backend.json", "passphrase"]);
    expect(await backendVariables("pi", environment)).toEqual({
      PULUMI_BACKEND_URL: backend.backend,
      PULUMI_CONFIG_PASSPHRASE_FILE: folder.passphraseFile,
    });
    expect(await backendVariables("other", environment)).toEqual({});
  });

  it("gives way to what the environment says, each part by itself", async () => {
    const passphraseFile = join(data, "passphrase");
    await writeFile(passphraseFile, "secret");
    await rememberBackend("pi", { backend: "s3://states", passphraseFile }, environment);
    const variables = (given: NodeJS.ProcessEnv) => backendVariables("pi", { ...environment, ...given });
    expect(await variables({ PULUMI_BACKEND_URL: "file:///elsewhere" })).toEqual({
      PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
    });
    for (const given of [{ PULUMI_CONFIG_PASSPHRASE: "" }, { PULUMI_CONFIG_PASSPHRASE_FILE: "/other" }]) {
      expect(await variables(given)).toEqual({ PULUMI_BACKEND_URL: "s3://states" });
    }
    // Pulumi takes empty ones for none.
    expect(await variables({ PULUMI_BACKEND_URL: "", PULUMI_CONFIG_PASSPHRASE_FILE: "" })).toEqual({
      PULUMI_BACKEND_URL: "s3://states",
      PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
    });
  });

  it("says in a sentence what is gone or broken", async () => {
    await rememberBackend("pi", { backend: "s3://states", passphraseFile: join(data, "gone") }, environment);
    await expect(backendVariables("pi", environment)).rejects.toThrow(/passphrase of stack pi is gone: .*gone/);
    await writeFile(stackFolder("pi", environment).backendFile, "{");
    await expect(backendVariables("pi", environment)).rejects.toThrow(/doesn't say where the state of stack pi is/);
  });
});
