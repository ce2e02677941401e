import ssh2 from "ssh2";
import { describe, expect, it } from "vitest";
import { publicKeyOf } from "../../../components/settings/ssh-key.ts";
import type { StackConfig } from "../../../components/settings/stack-config.ts";
import { change, problemsOf, stackConfig, stackFileConfig, testPrivateKey } from "./stack-files.ts";

const pi = stackFileConfig("pi");
const dev = stackFileConfig("dev");
const canary = "canary-4f1c";

/** The one problem of a configuration; nothing in it quotes the canary. */
function onlyProblem(config: StackConfig) {
  const [problem, ...others] = problemsOf(config);
  expect(others).toEqual([]);
  expect(JSON.stringify(problem)).not.toContain(canary);
  return problem;
}

describe("secrets that are missing", () => {
  it("the SSH key; the fix is a command that takes it from a file by stdin", () => {
    const { values, ...rest } = stackConfig(pi);
    const { "grappe:sshPrivateKey": _, ...without } = values;
    const problem = onlyProblem({ ...rest, values: without });
    expect(problem?.path).toBe("grappe:sshPrivateKey");
    expect(problem?.fix).toContain("pulumi config set --stack test --secret grappe:sshPrivateKey < ~/.ssh/id_ed25519");
  });

  const s3 = { bucket: "etcd", accessKey: "AK" };
  const registries = { "docker.io": { endpoints: ["https://mirror.example"], username: "shop" } };
  const credential = { authUrl: "https://cloud.example:5000/v3", id: "abc" };
  const table: readonly [string, Record<string, unknown>, string][] = [
    ["dev", { "site.cloud": undefined, "site.applicationCredential": credential }, "applicationCredentialSecret"],
    ["dev", { "cluster.etcdSnapshots.s3": s3 }, "etcdS3SecretKey"],
    ["dev", { "artifacts.registries": registries }, "registryPasswords"],
  ];
  it.each(table)("%s with %o lacks %s", (_, changes, name) => {
    const problem = onlyProblem(stackConfig(change(dev, changes)));
    expect(problem?.path).toBe(`grappe:${name}`);
    expect(problem?.fix).toContain(`pulumi config set --stack test --secret grappe:${name}`);
    const value = name === "registryPasswords" ? '{"docker.io":"x"}' : canary;
    expect(problemsOf(stackConfig(change(dev, changes), { [`grappe:${name}`]: value }))).toEqual([]);
  });
});

describe("secrets that are no secret", () => {
  it("a plain value where a secret belongs", () => {
    const config = stackConfig({ ...pi, "grappe:etcdS3SecretKey": canary });
    const problem = onlyProblem(config);
    expect(problem?.path).toBe("grappe:etcdS3SecretKey");
    expect(problem?.reason).toMatch(/plain text/);
    expect(problem?.fix).toContain("pulumi config set --stack test --secret grappe:etcdS3SecretKey");
  });

  it("an encrypted value inside a room", () => {
    const config = stackConfig(change(pi, { "site.user": canary }));
    const problem = onlyProblem({ ...config, secretKeys: new Set([...config.secretKeys, "grappe:site"]) });
    expect(problem?.path).toBe("grappe:site");
    expect(problem?.reason).toMatch(/encrypted value inside/);
    expect(problem?.fix).toContain("grappe:sshPrivateKey");
  });
});

describe("secrets that can't be what they should be", () => {
  const locked = ssh2.utils.generateKeyPairSync("ed25519", { cipher: "aes256-ctr", passphrase: canary, rounds: 1 });
  const keys: readonly [string, string, RegExp][] = [
    ["no key", canary, /not a private key/],
    ["a public key", publicKeyOf(testPrivateKey), /public key/],
    ["a key with a passphrase", locked.private, /passphrase/],
  ];
  it.each(keys)("%s as SSH key", (_, key, reason) => {
    const problem = onlyProblem(stackConfig(pi, { "grappe:sshPrivateKey": key }));
    expect(problem?.path).toBe("grappe:sshPrivateKey");
    expect(problem?.reason).toMatch(reason);
    expect(problem?.fix).toContain("ssh-keygen -t ed25519");
  });

  it.each([
    ["ecdsa", ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 }).private],
    ["rsa", ssh2.utils.generateKeyPairSync("rsa", { bits: 2048 }).private],
  ])("a key of type %s is taken", (_, key) => {
    expect(problemsOf(stackConfig(pi, { "grappe:sshPrivateKey": key }))).toEqual([]);
  });

  it("a trailing newline that the command line took away is not missed", () => {
    expect(publicKeyOf(testPrivateKey.trimEnd())).toBe(publicKeyOf(testPrivateKey));
  });

  it.each([canary, "[]", `{"docker.io":5}`, "{}"])("%s as passwords of registries", (text) => {
    const registries = { "docker.io": { endpoints: ["https://mirror.example"], username: "shop" } };
    const config = stackConfig(change(pi, { "artifacts.registries": registries }), {
      "grappe:registryPasswords": text,
    });
    expect(onlyProblem(config)?.path).toBe("grappe:registryPasswords");
  });
});
