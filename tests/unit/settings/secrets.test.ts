import ssh2 from "ssh2";
import { describe, expect, it } from "vitest";
import { parseSettings } from "../../../components/settings/parse.ts";
import { unusedSecrets } from "../../../components/settings/rules/secrets.ts";
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

const byDns = {
  "platform.certificates": {
    ...{ authority: "letsEncrypt", environment: "staging", email: "admin@shop.berlin" },
    ...{ caServer: "https://ca.example.org/directory", dnsChallenge: { provider: "cloudflare" } },
  },
};

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
    ["dev", { "platform.backup": { s3 }, "apps.odoo.postgres.storageClass": "local-path" }, "backupSecretKey"],
    ["dev", { "artifacts.registries": registries }, "registryPasswords"],
    ["dev", byDns, "dnsCredentials"],
  ];
  it.each(table)("%s with %o lacks %s", (_, changes, name) => {
    const problem = onlyProblem(stackConfig(change(dev, changes)));
    expect(problem?.path).toBe(`grappe:${name}`);
    expect(problem?.fix).toContain(`pulumi config set --stack test --secret grappe:${name}`);
    const keyed: Readonly<Record<string, string>> = {
      registryPasswords: '{"docker.io":"x"}',
      dnsCredentials: '{"CF_DNS_API_TOKEN":"x"}',
    };
    const value = keyed[name] ?? canary;
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

  it.each([
    ["etcdS3SecretKey", { "cluster.etcdSnapshots.s3": { bucket: "etcd", accessKey: "AK" } }],
    ["backupSecretKey", { "platform.backup.s3": { bucket: "shop", accessKey: "AK" } }],
    ["proxyPassword", { "site.proxy": { url: "http://proxy.example.org:3128", user: "shop" } }],
  ])("%s is one word to what reads it", (name, changes) => {
    const config = (value: string) => stackConfig(change(pi, changes), { [`grappe:${name}`]: value });
    expect(problemsOf(config(`#"\\'$%41:@`))).toEqual([]);
    for (const value of ["", `${canary} x`, `${canary}\nx`, `${canary}ü`])
      expect(onlyProblem(config(value))?.path).toBe(`grappe:${name}`);
  });

  it.each([canary, "[]", `{"docker.io":5}`, "{}"])("%s as passwords of registries", (text) => {
    const registries = { "docker.io": { endpoints: ["https://mirror.example"], username: "shop" } };
    const config = stackConfig(change(pi, { "artifacts.registries": registries }), {
      "grappe:registryPasswords": text,
    });
    expect(onlyProblem(config)?.path).toBe("grappe:registryPasswords");
  });

  it.each([
    ["no JSON", canary, /JSON object/],
    ["nothing", "{}", /JSON object/],
    ["an empty value", '{"CF_DNS_API_TOKEN":""}', /JSON object/],
    ["a value in a name's place", `{"${canary}":"CF_DNS_API_TOKEN"}`, /a key that isn't/],
    ["Traefik's own", '{"TRAEFIK_LOG_LEVEL":"DEBUG"}', /sets TRAEFIK_LOG_LEVEL/],
    ["a file that isn't there", '{"CF_DNS_API_TOKEN_FILE":"/x"}', /names a file in CF_DNS_API_TOKEN_FILE/],
  ])("credentials for DNS that are %s", (_, text, reason) => {
    const problem = onlyProblem(stackConfig(change(stackFileConfig("dev"), byDns), { "grappe:dnsCredentials": text }));
    expect([problem?.path, problem?.reason]).toEqual(["grappe:dnsCredentials", expect.stringMatching(reason)]);
    expect(JSON.stringify(problem)).not.toContain(canary);
  });
});

describe("secrets that nothing uses", () => {
  it("are told, with what to do", () => {
    const stored = { dnsCredentials: "x" };
    const platformOf = (changes: Readonly<Record<string, unknown>>) =>
      parseSettings(
        stackConfig(change(stackFileConfig("dev"), changes), { "grappe:dnsCredentials": '{"CF_DNS_API_TOKEN":"x"}' }),
      ).platform;
    expect(unusedSecrets(platformOf(byDns), stored)).toEqual([]);
    expect(unusedSecrets(platformOf({}), {})).toEqual([]);
    expect(unusedSecrets(platformOf({}), stored)).toEqual([
      expect.stringMatching(/^grappe:dnsCredentials is set, but .* Fix: .*pulumi config rm grappe:dnsCredentials$/),
    ]);
  });
});
