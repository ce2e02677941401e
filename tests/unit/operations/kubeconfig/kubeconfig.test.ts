import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { UsageError } from "../../../../operations/errors/usage-error.ts";
import { type Asked, assertAsked } from "../../../../operations/kubeconfig/asked.ts";
import { newCertificateRequest } from "../../../../operations/kubeconfig/certificate-request.ts";
import { giveKubeconfig, revokeKubeconfigs } from "../../../../operations/kubeconfig/kubeconfig.ts";
import { assertOwnFile, writeOwnFile } from "../../../../operations/kubeconfig/output-file.ts";
import { signedCertificate } from "../../../../operations/kubeconfig/signing.ts";
import { ApiClient } from "../../../../runtime/kubernetes-api/api-client.ts";
import { FakeApi } from "./fake-api.ts";

const bindings = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/";
const role = (name: string): readonly [string, { metadata: { name: string } }] => [
  `/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`,
  { metadata: { name } },
];

const given = z.object({
  clusters: z.tuple([z.object({ name: z.string(), cluster: z.looseObject({ server: z.string() }) })]),
  users: z.tuple([
    z.object({ user: z.strictObject({ "client-certificate-data": z.string(), "client-key-data": z.string() }) }),
  ]),
  "current-context": z.string(),
});

let api: FakeApi;

beforeEach(async () => {
  api = new FakeApi();
  await api.open();
  for (const name of ["view", "edit", "system:node"]) api.put(...role(name));
  api.put("/api/v1/namespaces/odoo", { metadata: { name: "odoo" } });
});

afterEach(async () => await api.close());

const administrator = () => ({ label: "pi", kubeconfig: api.kubeconfig });
const names = () => [...api.objects.keys()].filter((path) => path.includes("bindings/"));
const decoded = (text: string) => Buffer.from(text, "base64").toString();

describe("a request for a certificate", () => {
  it("is one that OpenSSL verifies, for the user and its group, of any length", async () => {
    for (const user of ["anna", "a".repeat(40)]) {
      const { request, privateKey } = await newCertificateRequest({ user, group: `grappe:${user}:0011aabb` });
      expect(api.subjectOf(request)).toBe(`subject=CN=${user},O=grappe:${user}:0011aabb`);
      expect(createPrivateKey(privateKey).asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
    }
  });
});

describe("a kubeconfig of one's own", () => {
  it("holds a key and a certificate that belong together, and nothing of the administrator's", async () => {
    const { kubeconfig, until } = await giveKubeconfig(administrator(), { user: "anna", role: "view" }, 28_800);
    expect(kubeconfig).not.toContain("administrators-own");
    const { clusters, users, ...rest } = given.parse(parse(kubeconfig));
    expect(rest["current-context"]).toBe("anna@pi");
    expect(clusters[0].cluster.server).toMatch(/^http:\/\/127\.0\.0\.1:/);
    const certificate = new X509Certificate(decoded(users[0].user["client-certificate-data"]));
    expect(certificate.checkPrivateKey(createPrivateKey(decoded(users[0].user["client-key-data"])))).toBe(true);
    expect(new Date(certificate.validTo)).toEqual(until);
    const [, group = ""] = /^O=(grappe:anna:[0-9a-f]{8})\nCN=anna$/.exec(certificate.subject) ?? [];
    expect(names()).toEqual([`${bindings}${group}`]);
    expect(api.objects.get(`${bindings}${group}`)).toMatchObject({
      metadata: { labels: { "grappe.dev/user": "anna" }, annotations: { "grappe.dev/until": until.toISOString() } },
      roleRef: { kind: "ClusterRole", name: "view" },
      subjects: [{ kind: "Group", name: group }],
    });
  });

  it("is asked of the signer for API clients, for the time that was asked for; no request stays", async () => {
    const orders: unknown[] = [];
    const put = api.put.bind(api);
    api.put = (path, object) => {
      if (object.spec !== undefined) orders.push(object.spec);
      put(path, object);
    };
    await giveKubeconfig(administrator(), { user: "anna", role: "view" }, 1_800);
    expect(orders).toMatchObject([
      {
        signerName: "kubernetes.io/kube-apiserver-client",
        expirationSeconds: 1_800,
        usages: ["digital signature", "client auth"],
      },
    ]);
    expect([...api.objects.keys()].filter((path) => path.includes("signingrequests"))).toEqual([]);
  });

  it("may be for one namespace", async () => {
    await giveKubeconfig(administrator(), { user: "ben", role: "edit", namespace: "odoo" }, 600);
    expect(names()).toEqual([
      expect.stringMatching(/^\/apis\/rbac[^/]*\/v1\/namespaces\/odoo\/rolebindings\/grappe:ben:/),
    ]);
  });

  it("is taken back from one person, in every namespace, as often as is asked", async () => {
    await giveKubeconfig(administrator(), { user: "anna", role: "view" }, 600);
    await giveKubeconfig(administrator(), { user: "anna", role: "edit", namespace: "odoo" }, 600);
    await giveKubeconfig(administrator(), { user: "ben", role: "view" }, 600);
    expect(await revokeKubeconfigs(administrator(), "anna")).toBe(2);
    expect(names()).toEqual([expect.stringContaining("grappe:ben:")]);
    expect(await revokeKubeconfigs(administrator(), "anna")).toBe(0);
  });

  it("takes away the bindings of what has ended, and no others", async () => {
    const labels = { "app.kubernetes.io/managed-by": "grappe", "grappe.dev/user": "anna" };
    const ended = { "grappe.dev/until": "2026-01-01T00:00:00.000Z" };
    api.put(`${bindings}grappe:anna:old`, { metadata: { name: "grappe:anna:old", labels, annotations: ended } });
    api.put(`${bindings}grappe:anna:odd`, { metadata: { name: "grappe:anna:odd", labels } });
    api.put(`${bindings}another`, { metadata: { name: "another", annotations: ended } });
    await giveKubeconfig(administrator(), { user: "ben", role: "view" }, 600);
    expect(names()).toEqual([
      `${bindings}grappe:anna:odd`,
      `${bindings}another`,
      expect.stringContaining("grappe:ben:"),
    ]);
  });

  it("is refused for a role or a namespace that isn't there, before anything is made", async () => {
    const wrong = [
      [{ user: "anna", role: "viewer" }, /--role viewer: .* Fix: one of view, edit$/],
      [{ user: "anna", role: "view", namespace: "shop" }, /--namespace shop: The cluster has no such namespace/],
    ] as const;
    for (const [permission, words] of wrong) {
      const refusal = giveKubeconfig(administrator(), permission, 600);
      await expect(refusal).rejects.toThrow(words);
      await expect(refusal).rejects.toBeInstanceOf(UsageError);
    }
    expect(api.asked.filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  it("gives no role where the cluster doesn't sign, and says why", async () => {
    api.signs = "refuses";
    await expect(giveKubeconfig(administrator(), { user: "anna", role: "view" }, 600)).rejects.toThrow(
      "The cluster didn't sign the certificate: the key is too short",
    );
    expect(names()).toEqual([]);
    api.signs = "sleeps";
    const order = { name: "x", request: "", seconds: 600, user: "anna", milliseconds: 300 };
    await expect(signedCertificate(new ApiClient(api.kubeconfig), order)).rejects.toThrow(/in time.* Fix: /);
    expect([...api.objects.keys()].filter((path) => path.includes("signingrequests"))).toEqual([]);
  });

  it("says in a sentence that the API isn't reached", async () => {
    const gone = { label: "pi", kubeconfig: api.kubeconfig.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1") };
    await expect(giveKubeconfig(gone, { user: "anna", role: "view" }, 600)).rejects.toThrow(
      "pi: Its API doesn't do it: it refuses the connection. Fix: see ./grappe status",
    );
  });
});

describe("its file", () => {
  const folder = mkdtempSync(join(tmpdir(), "grappe-kubeconfig-"));
  const path = join(folder, "anna.kubeconfig");
  afterEach(() => rmSync(path, { force: true }));

  it("is read by its owner alone, and written anew for the same person only", async () => {
    await assertOwnFile(path, "anna@pi");
    await writeOwnFile(path, "current-context: anna@pi\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await assertOwnFile(path, "anna@pi");
    await writeOwnFile(path, "current-context: anna@pi\nanew: true\n");
    expect(readFileSync(path, "utf8")).toContain("anew");
    expect(readdirSync(folder)).toEqual(["anna.kubeconfig"]);
    for (const other of ["current-context: admin@pi\n", "a note\n", "{", ""]) {
      writeFileSync(path, other);
      await expect(assertOwnFile(path, "anna@pi"), other).rejects.toThrow(
        /is there and no kubeconfig of anna@pi\. Fix: /,
      );
    }
  });
});

describe("what is asked for", () => {
  it("can be done, or is refused with what to give", () => {
    const anna = { stack: "pi", user: "anna" };
    for (const asked of [anna, { ...anna, user: "a.b-c", hours: 0.17, output: "f" }, { lab: "x", revoke: "anna" }])
      assertAsked(asked);
    const wrong: readonly (readonly [Asked, RegExp])[] = [
      [{ stack: "pi" }, /For whom\?/],
      [{ user: "anna" }, /Of which cluster\?/],
      [{ ...anna, lab: "x" }, /Of which cluster\?/],
      [{ ...anna, revoke: "anna" }, /For whom\?/],
      [{ ...anna, user: "Anna" }, /--user Anna: give small letters/],
      [{ ...anna, user: "a".repeat(41) }, /at most 40/],
      [{ ...anna, user: "" }, /--user it is empty: give/],
      [{ ...anna, user: "system:masters" }, /--user system:masters: give/],
      [{ ...anna, user: "kubernetes-admin" }, /the cluster's own administrator/],
      [{ ...anna, hours: 0.1 }, /--hours 0\.1: give from 0\.17/],
      [{ ...anna, hours: 25 }, /--hours 25: give/],
      [{ ...anna, hours: Number.NaN }, /--hours NaN: give/],
      [{ stack: "pi", revoke: "anna", role: "view" }, /leave the other options out/],
    ];
    for (const [asked, answer] of wrong) {
      expect(() => assertAsked(asked)).toThrow(answer);
      expect(() => assertAsked(asked)).toThrow(UsageError);
    }
  });
});
