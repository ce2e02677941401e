import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { barmanPluginValues } from "../../../components/platform/barman-plugin.ts";
import { acmeAuthority } from "../../../components/platform/certificates.ts";
import { databaseOperatorValues } from "../../../components/platform/database-operator.ts";
import { nfsValues } from "../../../components/platform/nfs-storage.ts";
import { pebbleValues } from "../../../components/platform/pebble.ts";
import { type TraefikConfiguration, traefikValues } from "../../../components/platform/traefik-values.ts";
import { takenObjects } from "../../../lab/bundle/parts/barman-cloud.ts";
import { splitReleaseManifest } from "../../../lab/bundle/parts/cloudnative-pg.ts";
import { parts } from "../../../lab/bundle/parts/parts.ts";
import { field, lint, type RenderedObject, rendered } from "./rendered-chart.ts";

/** Enough for a first build of Helm on a cold machine. */
const timeout = 600_000;

const chartFolder = (name: string) => join(import.meta.dirname, "..", "..", "..", "lab", "charts", name);

const plain: TraefikConfiguration = {
  schedulableNodes: 1,
  loadBalancer: false,
  externalTrafficPolicy: "Local",
  trusted: { forwardedHeaders: [], proxyProtocol: [] },
};
const everything: TraefikConfiguration = {
  address: "10.0.0.9",
  authority: acmeAuthority({ authority: "pebble" }),
  persistence: { size: "128Mi", storageClass: "local-path" },
  schedulableNodes: 3,
  dashboard: { host: "traefik.x.test" },
  loadBalancer: true,
  externalTrafficPolicy: "Local",
  trusted: { forwardedHeaders: ["10.0.0.0/24", "10.1.0.1/32"], proxyProtocol: ["192.0.2.7/32"] },
  subnet: "10.0.0.0/24",
};
const ownAuthority: TraefikConfiguration = {
  ...everything,
  authority: undefined,
  certificateSecret: "own-certificate",
};
const letsEncrypt = { authority: "letsEncrypt", environment: "staging", email: "a@x.test" } as const;

const byDns: TraefikConfiguration = {
  ...everything,
  authority: acmeAuthority({
    ...letsEncrypt,
    dnsChallenge: {
      provider: "cloudflare",
      resolvers: ["9.9.9.9", "198.51.100.1:5353"],
      propagation: { delaySeconds: 30, asked: "resolvers" },
    },
  }),
  dnsCredentialsSecret: "dns-credentials-0a1b2c3d",
};

/** Every stand-in with values that the program gives to the real chart. */
const cases: readonly (readonly [string, string, object])[] = [
  ["plugin-barman-cloud", "as it is", barmanPluginValues()],
  ["cloudnative-pg", "as it is", databaseOperatorValues()],
  [
    "csi-driver-nfs",
    "as it is",
    nfsValues({ server: "10.0.0.5", path: "/srv/nfs", isDefault: true, onDelete: "archive" }),
  ],
  ["pebble", "as it is", pebbleValues()],
  ["traefik", "plain", traefikValues(plain)],
  ["traefik", "with everything", traefikValues(everything)],
  ["traefik", "its store kept in a Secret", traefikValues({ ...everything, persistence: undefined })],
  ["traefik", "Let's Encrypt", traefikValues({ ...everything, authority: acmeAuthority(letsEncrypt) })],
  ["traefik", "the DNS challenge", traefikValues(byDns)],
  ["traefik", "the shop's own authority", traefikValues(ownAuthority)],
];

/** The images of all containers, wherever they stand. */
function imagesOf(objects: readonly RenderedObject[]): string[] {
  const found = JSON.stringify(objects).matchAll(/"image":"([^"]+)"/g);
  return [...new Set([...found].map(([, image]) => image ?? ""))];
}

describe("charts that stand in for a publisher's", { timeout }, () => {
  test("are the ones that the list names, and pass Helm's strict lint", async () => {
    const folders = parts.flatMap(({ charts }) =>
      charts.flatMap(({ otherwise }) => ("folder" in otherwise ? [otherwise.folder] : [])),
    );
    expect(new Set(cases.map(([folder]) => folder))).toEqual(new Set(folders));
    for (const folder of folders) expect(await lint(chartFolder(folder))).toContain("0 chart(s) failed");
  });

  test.each(cases)(
    "%s takes what the program gives, %s, and runs images that its part has",
    async (folder, _, values) => {
      const objects = await rendered(chartFolder(folder), values);
      const part = parts.find(({ charts }) =>
        charts.some(({ otherwise }) => "folder" in otherwise && otherwise.folder === folder),
      );
      const images = imagesOf(objects);
      expect(images.length).toBeGreaterThan(0);
      for (const image of images) expect(part?.images.map(({ reference }) => reference)).toContain(image);
    },
  );

  test.each(cases)("%s refuses values that it doesn't know, %s", async (folder, _, values) => {
    const chart = chartFolder(folder);
    await expect(rendered(chart, { ...values, surprise: 1 })).rejects.toThrow(/surprise/);
    const [section] = Object.entries(values).filter(([key]) =>
      ["config", "pebble", "global", "controller", "image"].includes(key),
    );
    if (section === undefined) throw new Error("the values have no section to try");
    const [key, inner] = section;
    await expect(rendered(chart, { ...values, [key]: { ...inner, surprise: 1 } })).rejects.toThrow(/surprise/);
  });

  test("Traefik's says what the real one says: arguments, objects", async () => {
    const objects = await rendered(chartFolder("traefik"), traefikValues(everything));
    expect(objects.map(({ kind }) => kind).toSorted()).toEqual(
      [
        ...["ClusterRole", "ClusterRoleBinding", "Deployment", "IngressClass", "IngressRoute", "Middleware"],
        ...["Middleware", "PersistentVolumeClaim", "Service", "ServiceAccount", "TLSOption"],
      ].toSorted(),
    );
    const deployment = objects.find(({ kind }) => kind === "Deployment");
    expect(field(deployment, "spec.template.spec.containers.0.args")).toEqual(
      expect.arrayContaining([
        "--entryPoints.web.http.redirections.entryPoint.to=:443",
        "--entryPoints.websecure.http.tls.certResolver=acme",
        "--entryPoints.websecure.http.middlewares=traefik-security-headers@kubernetescrd",
        "--certificatesresolvers.acme.acme.caCertificates=/certs/root-cert.pem",
        "--certificatesresolvers.acme.acme.tlsChallenge=true",
        "--entryPoints.web.forwardedHeaders.trustedIPs=10.0.0.0/24,10.1.0.1/32",
        "--entryPoints.websecure.proxyProtocol.trustedIPs=192.0.2.7/32",
        "--providers.kubernetesingress.ingressendpoint.publishedservice=odoo/odoo",
      ]),
    );
  });

  test("Traefik's asks a DNS provider, with credentials of a Secret alone", async () => {
    const objects = await rendered(chartFolder("traefik"), traefikValues(byDns));
    const deployment = objects.find(({ kind }) => kind === "Deployment");
    const args = field(deployment, "spec.template.spec.containers.0.args");
    expect(args).toEqual(
      expect.arrayContaining([
        "--certificatesresolvers.acme.acme.dnsChallenge.provider=cloudflare",
        "--certificatesresolvers.acme.acme.dnsChallenge.resolvers=9.9.9.9:53,198.51.100.1:5353",
        "--certificatesresolvers.acme.acme.dnsChallenge.propagation.delayBeforeChecks=30s",
        "--certificatesresolvers.acme.acme.dnsChallenge.propagation.disableANSChecks=true",
        "--certificatesresolvers.acme.acme.dnsChallenge.propagation.requireAllRNS=true",
      ]),
    );
    expect(JSON.stringify(args)).not.toContain("tlsChallenge");
    expect(field(deployment, "spec.template.spec.containers.0.envFrom")).toEqual([
      { secretRef: { name: "dns-credentials-0a1b2c3d" } },
    ]);
  });

  test("Traefik's has one certificate for all names where the shop has its own authority", async () => {
    const objects = await rendered(chartFolder("traefik"), traefikValues(ownAuthority));
    const store = objects.find(({ kind }) => kind === "TLSStore");
    expect([store?.metadata.name, field(store, "spec")]).toEqual([
      "default",
      { defaultCertificate: { secretName: "own-certificate" } },
    ]);
    const args = JSON.stringify(objects.find(({ kind }) => kind === "Deployment"));
    expect(args).toContain("--entryPoints.web.http.redirections.entryPoint.to=:443");
    expect(args).not.toMatch(/certResolver|acme/i);
  });

  test("of a release's manifest definitions and objects are taken, not the namespace and the Deployment", () => {
    const kinds = ["Namespace", "CustomResourceDefinition", "ServiceAccount", "Deployment", "Service"];
    const text = kinds.map((kind) => `apiVersion: v1\nkind: ${kind}\nmetadata: {}\n`).join("---\n");
    const { definitions, objects } = splitReleaseManifest(text);
    const kindsIn = (manifest: string) => [...manifest.matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind);
    expect(kindsIn(definitions)).toEqual(["CustomResourceDefinition"]);
    expect(kindsIn(objects)).toEqual(["ServiceAccount", "Service"]);
  });

  test("of the plugin's, what is neither its pods' nor cert-manager's", () => {
    const kinds = [
      "CustomResourceDefinition",
      "Role",
      "ClusterRoleBinding",
      "Secret",
      "Service",
      "Certificate",
      "Issuer",
    ];
    const text = kinds.map((kind) => `apiVersion: v1\nkind: ${kind}\nmetadata: {}\n`).join("---\n");
    const left = [...takenObjects(text).matchAll(/^kind: (\w+)$/gm)].map(([, kind]) => kind);
    expect(left).toEqual(["CustomResourceDefinition", "Role", "ClusterRoleBinding"]);
  });
});
