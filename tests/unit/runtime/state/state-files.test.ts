import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { mendAttributes } from "../../../../runtime/state/state-files.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "grappe-state-files-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

it("takes away only what a killed engine left half written beside the state", async () => {
  const files = {
    "dev.json": "",
    "dev.json.attrs": "",
    "dev.json.bak.attrs": '{"user.content_ty',
    "dev.json.gz.attrs": '{"md5":"x"}',
    "development.json.attrs": "",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  await mendAttributes(join(folder, "dev.json"));
  const left = Object.keys(files).filter((name) => existsSync(join(folder, name)));
  expect(left).toEqual(["dev.json", "dev.json.gz.attrs", "development.json.attrs"]);
});

it("has nothing to do where there is no state yet", async () => {
  await expect(mendAttributes(join(folder, "missing", "dev.json"))).resolves.toBeUndefined();
});
