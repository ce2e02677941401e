import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { credentialsOf, credentialsOfEntry } from "../../../../runtime/openstack-api/credentials.ts";

const cloudsYaml = `
clouds:
  shop:
    auth: { auth_url: "https://cloud.test:5000", username: me, project_name: tills, user_domain_name: Users, project_domain_id: p1 }
    region_name: north
    interface: internal
    cacert: /etc/cloud.pem
  token:
    auth_type: v3applicationcredential
    auth: { auth_url: "https://cloud.test/identity/v3", application_credential_id: a1, application_credential_secret: s1 }
  half: { auth: {} }
`;

describe("credentials", () => {
  it("of a user in a project; the password may lie in secure.yaml", () => {
    expect(credentialsOfEntry("shop", cloudsYaml, "clouds: { shop: { auth: { password: 123 } } }")).toEqual({
      setting: "grappe:site.cloud",
      authUrl: "https://cloud.test:5000",
      auth: {
        identity: {
          methods: ["password"],
          password: { user: { name: "me", domain: { name: "Users" }, password: "123" } },
        },
        scope: { project: { name: "tills", domain: { id: "p1" } } },
      },
      region: "north",
      endpoints: "internal",
      authorities: "/etc/cloud.pem",
    });
  });

  it("of an application credential, which has its own project", () => {
    expect(credentialsOfEntry("token", cloudsYaml).auth).toEqual({
      identity: { methods: ["application_credential"], application_credential: { id: "a1", secret: "s1" } },
    });
  });

  it("that aren't there: the setting, the reason and the fix", () => {
    expect(() => credentialsOfEntry("other", cloudsYaml)).toThrow(
      /grappe:site.cloud.*"other".*shop, token, half.*Add it/,
    );
    expect(() => credentialsOfEntry("half", cloudsYaml)).toThrow(/"half".*auth.auth_url/);
  });
});

describe("the settings' credentials", () => {
  let folder: string;
  const access = { kind: "openstack" } as const;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "grappe-clouds-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("are an entry of the clouds.yaml that the provider would take, in the settings' region", async () => {
    await writeFile(join(folder, "clouds.yaml"), cloudsYaml);
    const environment = { OS_CLIENT_CONFIG_FILE: join(folder, "clouds.yaml") };
    const found = await credentialsOf({ ...access, cloud: "shop", region: "south" }, undefined, environment);
    expect(found.region).toBe("south");
    const missing = { OS_CLIENT_CONFIG_FILE: join(folder, "none.yaml") };
    await expect(credentialsOf({ ...access, cloud: "shop" }, undefined, missing)).rejects.toThrow("no clouds.yaml");
  });

  it("are an application credential, whose secret is an encrypted setting", async () => {
    const applicationCredential = { authUrl: "https://cloud.test", id: "a1" };
    const found = await credentialsOf({ ...access, applicationCredential }, "s1");
    expect(JSON.stringify(found.auth)).toContain('"secret":"s1"');
    await expect(credentialsOf({ ...access, applicationCredential }, undefined)).rejects.toThrow("config set --secret");
    await expect(credentialsOf(access, undefined)).rejects.toThrow("no credentials");
  });
});
