import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { acmeAuthority } from "../../components/platform/certificates.ts";
import { pebbleValues } from "../../components/platform/pebble.ts";
import { traefikValues } from "../../components/platform/traefik-values.ts";
import { platform } from "../../components/settings/schema/platform.ts";
import { goModules } from "../../lab/toolchain/go-modules.ts";
import { progressOf } from "../../runtime/progress.ts";
import { buildGoModule, ownArchitecture } from "../../runtime/toolchain/go-module.ts";
import type { GoModule } from "../../runtime/toolchain/go-module-definition.ts";
import { field, objectOf, rendered } from "../unit/charts/rendered-chart.ts";
import { issueFor } from "../unit/platform/issue-certificate.ts";
import { freePort } from "./free-port.ts";
import { shownCertificate } from "./shown-certificate.ts";

const name = "till.shop.test";

/** What Traefik asked of a DNS provider of the kind `httpreq`: a record's name and value, and by what account. */
const record = z.object({ fqdn: z.string(), value: z.string() });
const asked: { readonly path: string; readonly record: z.output<typeof record>; readonly account: string }[] = [];
const provider: Server = createServer(async (request, response) => {
  const body = await text(request);
  const account = Buffer.from((request.headers.authorization ?? "").replace("Basic ", ""), "base64").toString();
  asked.push({ path: request.url ?? "", record: record.parse(JSON.parse(body)), account });
  response.end();
});

let folder: string;
const running: ChildProcess[] = [];
const words: string[] = [];

async function program(module: GoModule, file: string): Promise<string> {
  return join(
    await buildGoModule(module, { architecture: ownArchitecture(), progress: progressOf(module.name) }),
    file,
  );
}

function run(file: string, parameters: readonly string[], environment: Readonly<Record<string, string>>): void {
  const child = spawn(file, parameters, { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => words.push(String(chunk)));
  running.push(child);
}

/** Pebble, as its chart runs it, with a certificate of its own that hangs on a root of ours. */
async function runPebble(port: number): Promise<void> {
  const own = (file: string) => join(folder, "secrets", "own-certificate", file);
  const ports = { httpPort: await freePort(), tlsPort: await freePort() };
  const listen = { listenAddress: `127.0.0.1:${port}`, managementListenAddress: `127.0.0.1:${await freePort()}` };
  const config = { pebble: { ...listen, ...ports, certificate: own("tls.crt"), privateKey: own("tls.key") } };
  await writeFile(join(folder, "pebble.json"), JSON.stringify(config));
  const { env } = z
    .object({ env: z.array(z.object({ name: z.string(), value: z.string() })) })
    .parse(pebbleValues().pebble);
  const environment = Object.fromEntries(env.map((one) => [one.name, one.value]));
  run(await program(goModules.pebble, "pebble"), ["-config", "pebble.json"], environment);
}

/** Traefik, with what the chart says of certificates; routes from a file, as there is no cluster. */
async function runTraefik(directory: string, secure: number): Promise<void> {
  const { certificates } = platform.parse({
    certificates: {
      ...{ authority: "letsEncrypt", environment: "production", email: "admin@shop.test", caServer: directory },
      dnsChallenge: {
        provider: "httpreq",
        resolvers: [`127.0.0.1:${await freePort()}`],
        propagation: { asked: "none" },
      },
    },
  });
  const values = traefikValues({
    authority: { ...acmeAuthority(certificates), directory, rootFile: "root.crt" },
    dnsCredentialsSecret: "dns-credentials",
    persistence: { size: "128Mi" },
    schedulableNodes: 1,
    loadBalancer: true,
    externalTrafficPolicy: "Local",
    trusted: { forwardedHeaders: [], proxyProtocol: [] },
  });
  const chart = join(import.meta.dirname, "..", "..", "lab", "charts", "traefik");
  const deployment = objectOf(await rendered(chart, values), "Deployment");
  const parameters = z.array(z.string()).parse(field(deployment, "spec.template.spec.containers.0.args"));
  const ofCertificates = parameters
    .filter((one) => one.startsWith("--certificatesresolvers.") || one.startsWith("--entryPoints.websecure.http.tls"))
    .map((one) => one.replace("=/data/", `=${folder}/`).replace("=/certs/root.crt", `=${secretFile("own-authority")}`));
  await writeFile(
    join(folder, "routes.yaml"),
    JSON.stringify({
      http: {
        routers: { till: { rule: `Host(\`${name}\`)`, service: "till", entryPoints: ["websecure"] } },
        services: { till: { loadBalancer: { servers: [{ url: "http://127.0.0.1:9" }] } } },
      },
    }),
  );
  const { port } = z.object({ port: z.number() }).parse(provider.address());
  const credentials = {
    HTTPREQ_ENDPOINT: `http://127.0.0.1:${port}`,
    HTTPREQ_USERNAME: "shop",
    HTTPREQ_PASSWORD: "geheim",
    LEGO_DISABLE_CNAME_SUPPORT: "true",
  };
  const own = ["--providers.file.filename=routes.yaml", `--entryPoints.websecure.address=127.0.0.1:${secure}`];
  run(
    await program(goModules.traefik, "traefik"),
    [...own, "--log.level=INFO", "--global.checkNewVersion=false", ...ofCertificates],
    credentials,
  );
}

const secretFile = (secret: string) => join(folder, "secrets", secret, "tls.crt");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "grappe-dns-challenge-"));
  await mkdir(join(folder, "secrets"));
  await issueFor(folder, { names: ["localhost"], address: "127.0.0.1" });
  provider.listen(0, "127.0.0.1");
  await once(provider, "listening");
});

afterAll(async () => {
  for (const child of running) child.kill();
  provider.close();
  await rm(folder, { recursive: true, force: true });
});

/** The certificate that is shown for the name. */
const shown = (port: number) => shownCertificate({ host: "127.0.0.1", port, servername: name });

test("Traefik, as we configure it, gets a certificate by a record that the DNS provider is asked for", async () => {
  const [acme, secure] = [await freePort(), await freePort()];
  await runPebble(acme);
  await runTraefik(`https://127.0.0.1:${acme}/dir`, secure);
  const deadline = performance.now() + 120_000;
  let certificate = await shown(secure);
  while (certificate?.issuer.includes("Pebble") !== true) {
    if (performance.now() > deadline) throw new Error(`no certificate: ${words.join("").slice(-3000)}`);
    await delay(500);
    certificate = await shown(secure);
  }
  expect(certificate.subjectAltName).toBe(`DNS:${name}`);
  const [present] = asked;
  expect(present).toMatchObject({
    path: "/present",
    record: { fqdn: `_acme-challenge.${name}.` },
    account: "shop:geheim",
  });
  expect(asked.map(({ path }) => path)).toContain("/cleanup");
});
