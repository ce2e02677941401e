import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { readSettings } from "../../../components/settings/read.ts";
import { stackConfig, stackFileConfig, testPrivateKey } from "./stack-files.ts";

const { values } = stackConfig(stackFileConfig("pi"), { "grappe:etcdS3SecretKey": "canary" });

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ inputs }) => ({ id: "none", state: inputs }),
    call: ({ inputs }) => inputs,
  });
});

describe("Pulumi's configuration", () => {
  it("secrets are wrapped again, and the rest is plain", async () => {
    pulumi.runtime.setAllConfig({ ...values }, ["grappe:sshPrivateKey", "grappe:etcdS3SecretKey"]);
    const { secrets, cluster } = readSettings();
    expect(Object.keys(secrets).sort()).toEqual(["etcdS3SecretKey", "sshPrivateKey"]);
    for (const secret of Object.values(secrets)) expect(await pulumi.isSecret(secret)).toBe(true);
    const key = await new Promise<string>((resolve) => secrets.sshPrivateKey.apply(resolve));
    expect(key).toBe(testPrivateKey);
    expect(cluster.version).toBe("v1.36.5+k3s1");
  });

  it("what Pulumi doesn't call encrypted is refused", () => {
    pulumi.runtime.setAllConfig({ ...values }, ["grappe:sshPrivateKey"]);
    expect(() => readSettings()).toThrow(/grappe:etcdS3SecretKey\n {5}reason: stands in plain text/);
  });

  it("the error ends the program without a stack trace", () => {
    pulumi.runtime.setAllConfig({}, []);
    try {
      readSettings();
      expect.unreachable();
    } catch (error) {
      expect(pulumi.RunError.isInstance(error)).toBe(true);
    }
  });
});
