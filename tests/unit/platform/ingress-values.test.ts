import { describe, expect, test } from "vitest";
import { strongCiphers } from "../../../components/cluster/cis/strong-ciphers.ts";
import { acmeAuthority, acmeStore } from "../../../components/platform/certificates.ts";
import { machinesApart } from "../../../components/platform/machines-apart.ts";
import { pebbleValues } from "../../../components/platform/pebble.ts";
import { type TraefikConfiguration, traefikValues } from "../../../components/platform/traefik-values.ts";
import { platform } from "../../../components/settings/schema/platform.ts";

describe("certificates", () => {
  test.each([
    [{ authority: "none" } as const, undefined],
    [{ authority: "own" } as const, undefined],
    [
      { authority: "pebble" } as const,
      { directory: "https://pebble.pebble.svc.cluster.local/dir", rootFile: "root-cert.pem" },
    ],
    [
      { authority: "letsEncrypt", environment: "staging", email: "a@x.test" } as const,
      {
        directory: "https://acme-staging-v02.api.letsencrypt.org/directory",
        email: "a@x.test",
      },
    ],
    [
      { authority: "letsEncrypt", environment: "production", email: "a@x.test" } as const,
      { directory: "https://acme-v02.api.letsencrypt.org/directory", email: "a@x.test" },
    ],
    [
      {
        authority: "letsEncrypt",
        environment: "production",
        email: "a@x.test",
        caServer: "https://ca.test/dir",
      } as const,
      { directory: "https://ca.test/dir", email: "a@x.test" },
    ],
  ])("%j", (settings, authority) => {
    expect(acmeAuthority(settings)).toEqual(authority);
  });

  test("Pebble listens inside the cluster only, and takes every challenge", () => {
    expect(pebbleValues()).toMatchObject({
      pebble: { nodePort: 0, mgmtNodePort: 0 },
      coredns: { enabled: false },
    });
    expect(JSON.stringify(pebbleValues())).toContain('{"name":"PEBBLE_VA_ALWAYS_VALID","value":"1"}');
  });
});

describe("Traefik", () => {
  const trusted = { forwardedHeaders: [], proxyProtocol: [] };
  const plain: TraefikConfiguration = {
    schedulableNodes: 3,
    loadBalancer: true,
    externalTrafficPolicy: "Local",
    trusted,
  };
  const encrypted: TraefikConfiguration = {
    ...plain,
    authority: { directory: "https://ca.test/dir", email: "a@x.test" },
  };

  test("with an ACME store one replica, whose successor waits for its end; without one two, on two machines", () => {
    expect(traefikValues(encrypted)).toMatchObject({
      deployment: { kind: "Deployment", replicas: 1 },
      updateStrategy: { type: "Recreate" },
    });
    for (const configuration of [plain, { ...plain, certificateSecret: "own-certificate" }]) {
      const values = traefikValues(configuration);
      expect(values).toMatchObject({ deployment: { replicas: 2 }, updateStrategy: { type: "RollingUpdate" } });
      expect(values.affinity).toEqual(machinesApart("traefik"));
    }
    expect(traefikValues({ ...plain, schedulableNodes: 1 })).toMatchObject({ deployment: { replicas: 1 } });
  });

  test("without a volume a Secret keeps what an authority gave, each authority's its own", () => {
    const values = traefikValues(encrypted);
    expect(values).not.toHaveProperty("persistence");
    const secretOf = (of: unknown) => JSON.stringify(of).match(/"secretName":"(acme-store-[0-9a-f]{8})"/)?.[1];
    expect(secretOf(values)).toBe(acmeStore({ directory: "https://ca.test/dir" }).secret);
    expect(values).toMatchObject({
      deployment: {
        additionalVolumes: [{ name: "kept-store", secret: { optional: true } }],
        initContainers: [{ volumeMounts: [{ mountPath: "/data" }, { name: "kept-store", mountPath: "/kept" }] }],
      },
    });
    const other = traefikValues({ ...encrypted, authority: { directory: "https://other.test/dir" } });
    expect(secretOf(other)).not.toBe(secretOf(values));
  });

  test("with an authority: redirection, a store that only it reads, its resolver", () => {
    const store = /^\/data\/acme-[0-9a-f]{8}\.json$/;
    expect(traefikValues({ ...encrypted, persistence: { size: "1Gi", storageClass: "nfs-client" } })).toMatchObject({
      ports: {
        web: { http: { redirections: { entryPoint: { to: "websecure", permanent: true } } } },
        websecure: { http: { tls: { enabled: true, certResolver: "acme" } } },
      },
      persistence: { enabled: true, size: "1Gi", storageClass: "nfs-client", path: "/data" },
      certificatesResolvers: {
        acme: { acme: { caServer: "https://ca.test/dir", storage: expect.stringMatching(store) } },
      },
    });
    const storeOf = (directory: string) => {
      const values = traefikValues({ ...encrypted, authority: { directory } });
      const { storage } = values.certificatesResolvers.acme.acme;
      expect(values.deployment.initContainers[0].command[2]).toContain(`touch ${storage} && chmod 600 ${storage}`);
      return storage;
    };
    // What one authority gave isn't served for another.
    expect(storeOf("https://a.test/dir")).not.toBe(storeOf("https://b.test/dir"));
  });

  test("without one: nothing is redirected, nothing stored", () => {
    const values = traefikValues(plain);
    expect(values).toMatchObject({ ports: { web: {} } });
    for (const key of ["persistence", "certificatesResolvers", "volumes"]) expect(values).not.toHaveProperty(key);
  });

  test("with the shop's own authority: redirection, one certificate for all names, no resolver and no store", () => {
    const values = traefikValues({ ...plain, certificateSecret: "own-certificate", dashboard: { host: "t.x.test" } });
    expect(values).toMatchObject({
      ports: {
        web: { http: { redirections: { entryPoint: { to: "websecure", scheme: "https", permanent: true } } } },
        websecure: { http: { tls: { enabled: true } } },
      },
      tlsStore: { default: { defaultCertificate: { secretName: "own-certificate" } } },
      ingressRoute: { dashboard: { entryPoints: ["websecure"], tls: {} } },
    });
    expect(JSON.stringify(values)).not.toMatch(/certResolver|acme|initContainers|persistence/);
  });

  test("a private root is trusted by the native setting and mounted", () => {
    const values = traefikValues({
      ...plain,
      authority: { directory: "https://pebble/dir", rootFile: "root-cert.pem" },
    });
    expect(values).toMatchObject({
      certificatesResolvers: { acme: { acme: { caCertificates: ["/certs/root-cert.pem"] } } },
      volumes: [{ name: "acme-root", mountPath: "/certs", type: "configMap" }],
    });
    expect(traefikValues(encrypted)).not.toHaveProperty("volumes");
  });

  test("who ends TLS before it is believed at both entry points, others nowhere", () => {
    const [forwardedHeaders, proxyProtocol] = [["10.0.0.0/24", "10.1.0.1/32"], ["192.0.2.7/32"]];
    const entryPoint = {
      forwardedHeaders: { trustedIPs: forwardedHeaders },
      proxyProtocol: { trustedIPs: proxyProtocol },
    };
    const values = traefikValues({ ...encrypted, trusted: { forwardedHeaders, proxyProtocol } });
    expect(values).toMatchObject({
      ports: { web: { ...entryPoint, http: {} }, websecure: { ...entryPoint, http: {} } },
    });
    expect(JSON.stringify(traefikValues(encrypted))).not.toMatch(/trustedIPs|forwardedHeaders|proxyProtocol/);
  });

  test("the client's address arrives, unless every node is to take connections", () => {
    const spec = (externalTrafficPolicy: "Local" | "Cluster") =>
      traefikValues({ ...plain, externalTrafficPolicy }).service.spec;
    expect(spec("Local")).toEqual({ type: "LoadBalancer", externalTrafficPolicy: "Local" });
    expect(spec("Cluster")).toEqual({ type: "LoadBalancer", externalTrafficPolicy: "Cluster" });
  });

  test("a company's root has a name by its content, so that another one starts Traefik anew", () => {
    const known = { authority: "letsEncrypt", environment: "production", email: "a@x.test" } as const;
    const settings = { ...known, caServer: "https://ca.test/dir" };
    const [one, other] = ["a", "b"].map((caRoot) => acmeAuthority({ ...settings, caRoot })?.rootFile);
    expect(one).toMatch(/^root-[0-9a-f]{8}\.pem$/);
    expect(other).not.toBe(one);
  });

  test.each([
    [{ provider: "cloudflare" }, { provider: "cloudflare" }],
    [
      { provider: "cloudflare", resolvers: ["9.9.9.9:53"], propagation: { asked: "authoritative" } },
      { provider: "cloudflare", resolvers: ["9.9.9.9:53"] },
    ],
    [
      { provider: "rfc2136", propagation: { asked: "none", delaySeconds: 5 } },
      { provider: "rfc2136", propagation: { disableChecks: true, delayBeforeChecks: "5s" } },
    ],
  ])("a DNS challenge as Traefik reads it: %j", (dnsChallenge, expected) => {
    const { certificates } = platform.parse({
      certificates: { authority: "letsEncrypt", environment: "production", email: "a@x.test", dnsChallenge },
    });
    const values = traefikValues({ ...plain, authority: acmeAuthority(certificates), dnsCredentialsSecret: "dns" });
    expect(values.certificatesResolvers.acme.acme.dnsChallenge).toEqual(expected);
    expect(values.certificatesResolvers.acme.acme).not.toHaveProperty("tlsChallenge");
    expect(values.envFrom).toEqual([{ secretRef: { name: "dns" } }]);
  });

  test("the dashboard asks for a password", () => {
    const values = traefikValues({ ...encrypted, dashboard: { host: "t.x.test" } });
    expect(values).toMatchObject({
      ingressRoute: {
        dashboard: {
          matchRule: "Host(`t.x.test`)",
          entryPoints: ["websecure"],
          middlewares: [{ name: "dashboard-auth" }],
        },
      },
      extraObjects: expect.arrayContaining([
        expect.objectContaining({
          metadata: { name: "dashboard-auth" },
          spec: { basicAuth: { secret: "dashboard-users", removeHeader: true } },
        }),
      ]),
    });
    expect(traefikValues(plain)).not.toHaveProperty("ingressRoute");
  });

  test("every route of the entry point that applications are at is answered with security headers", () => {
    const headersOf = (configuration: TraefikConfiguration) => {
      const values = traefikValues(configuration);
      const found: readonly { metadata: { name: string }; spec: object }[] = values.extraObjects;
      return [values.additionalArguments, found.find(({ metadata }) => metadata.name === "security-headers")?.spec];
    };
    const headers = {
      contentTypeNosniff: true,
      customFrameOptionsValue: "SAMEORIGIN",
      referrerPolicy: "strict-origin-when-cross-origin",
    };
    const of = (entryPoint: string) => [
      `--entryPoints.${entryPoint}.http.middlewares=traefik-security-headers@kubernetescrd`,
    ];
    expect(headersOf(plain)).toEqual([of("web"), { headers }]);
    expect(headersOf(encrypted)).toEqual([of("websecure"), { headers }]);
    const strict = { headers: { ...headers, stsSeconds: 15_552_000 } };
    expect(headersOf({ ...encrypted, strictTransport: true })).toEqual([of("websecure"), strict]);
  });

  test("TLS is 1.2 or newer, with strong suites, for whom names no other options", () => {
    const options = { minVersion: "VersionTLS12", cipherSuites: strongCiphers };
    const found: readonly object[] = traefikValues(encrypted).extraObjects;
    expect(found).toContainEqual(
      expect.objectContaining({ kind: "TLSOption", metadata: { name: "default" }, spec: options }),
    );
    expect(JSON.stringify(traefikValues(plain))).not.toContain("TLSOption");
  });

  test("its address is asked of MetalLB, and only where there is a load balancer", () => {
    expect(traefikValues({ ...plain, address: "10.0.0.240" })).toMatchObject({
      service: {
        annotations: { "metallb.io/loadBalancerIPs": "10.0.0.240" },
        spec: { type: "LoadBalancer", externalTrafficPolicy: "Local" },
      },
    });
    expect(traefikValues({ ...plain, loadBalancer: false })).toMatchObject({
      service: { spec: { type: "NodePort" } },
      providers: { kubernetesIngress: { publishedService: { enabled: false } } },
    });
  });
});
