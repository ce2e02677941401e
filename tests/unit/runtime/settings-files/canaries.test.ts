import { expect, test } from "vitest";
import { canariesFor } from "../../../../runtime/settings-files/canaries.ts";

test("canaries are unique, and the key's mark is of its private half", () => {
  const [key, text, passwords] = canariesFor(["sshPrivateKey", "etcdS3SecretKey", "registryPasswords"]);
  expect(key?.value).toContain("OPENSSH PRIVATE KEY");
  expect(key?.value.replaceAll("\n", "")).toContain(key?.mark);
  expect(key?.mark).toHaveLength(40);
  expect(text?.value).toBe(text?.mark);
  expect(JSON.parse(passwords?.value ?? "")).toBeTypeOf("object");
  expect(new Set([key?.mark, text?.mark, passwords?.mark]).size).toBe(3);
});
