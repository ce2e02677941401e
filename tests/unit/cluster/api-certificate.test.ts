import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { findStranger, refuseStranger, strangerMessage } from "../../../components/cluster/api-certificate.ts";
import { ApiClient } from "../../../runtime/kubernetes-api/api-client.ts";
import { run } from "../../../runtime/subprocess.ts";
import { ensurePrograms } from "../../../runtime/toolchain/debian-packages.ts";

/** Two real authorities, each with a server's certificate for 127.0.0.1. */
interface Authority {
  readonly certificate: string;
  readonly server: { readonly cert: string; readonly key: string };
}

let folder: string;
let cluster: Authority;
let router: Authority;
const servers: Server[] = [];

async function authority(name: string, days = "1"): Promise<Authority> {
  const file = (suffix: string): string => join(folder, `${name}-${suffix}`);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const ca = ["-subj", `/O=${name} works/CN=${name} authority`, "-keyout", file("ca.key"), "-out", file("ca.pem")];
  await run(["openssl", "req", "-x509", ...key, ...ca, "-days", "2"]);
  const leaf = ["-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1", "-days", days];
  const issued = [
    "-CA",
    file("ca.pem"),
    "-CAkey",
    file("ca.key"),
    "-keyout",
    file("key.pem"),
    "-out",
    file("cert.pem"),
  ];
  await run(["openssl", "req", "-x509", ...key, ...leaf, ...issued]);
  const read = (suffix: string): Promise<string> => readFile(file(suffix), "utf8");
  return { certificate: await read("ca.pem"), server: { cert: await read("cert.pem"), key: await read("key.pem") } };
}

/** An API server as far as TLS goes, and a word after it. */
async function serve(of: Authority): Promise<string> {
  const server = createServer(of.server, (socket) => {
    socket.on("error", () => undefined);
    socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
  });
  server.on("tlsClientError", () => undefined);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return `https://127.0.0.1:${port}`;
}

const kubeconfigOf = (server: string, certificate: string): string =>
  stringify({
    clusters: [
      { name: "c", cluster: { server, "certificate-authority-data": Buffer.from(certificate).toString("base64") } },
    ],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });

beforeAll(async () => {
  await ensurePrograms([{ program: "openssl", debianPackage: "openssl" }]);
  folder = await mkdtemp(join(tmpdir(), "grappe-certificates-"));
  [cluster, router] = [await authority("cluster"), await authority("router")];
}, 300_000);

afterAll(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

const loopback = Object.entries(networkInterfaces()).find(([, entries]) =>
  entries?.some((e) => e.address === "127.0.0.1"),
);

describe("who answers at the API's address", () => {
  test("is the cluster, if its authority issued the certificate", async () => {
    const server = await serve(cluster);
    expect(await findStranger(server, cluster.certificate)).toBeUndefined();
    await refuseStranger(kubeconfigOf(server, cluster.certificate));
  });

  test("is a stranger, if another one did: whose it is and which way the request went is told", async () => {
    const server = await serve(router);
    expect(await findStranger(server, cluster.certificate)).toMatchObject({
      subject: "CN=router",
      issuer: "O=router works, CN=router authority",
      localAddress: "127.0.0.1",
      localInterface: loopback?.[0],
    });
    await expect(refuseStranger(kubeconfigOf(server, cluster.certificate))).rejects.toThrow(
      /answered by something that isn't the cluster: .*"CN=router", issued by "O=router works, CN=router authority".*from 127\.0\.0\.1 \(lo\)\. Fix: .*ip route get 127\.0\.0\.1/,
    );
  });

  test("isn't asked for where nothing answers, or no authority is known", async () => {
    const server = await serve(router);
    expect(await findStranger("https://127.0.0.1:9", cluster.certificate)).toBeUndefined();
    await refuseStranger(kubeconfigOf(server, "no certificate"));
    await refuseStranger("no kubeconfig");
  });

  test("is told by the lab's Kubernetes provider too", async () => {
    const [own, other] = [await serve(cluster), await serve(router)];
    await new ApiClient(kubeconfigOf(own, cluster.certificate)).version(5_000);
    const stranger = new ApiClient(kubeconfigOf(other, cluster.certificate)).version(5_000);
    await expect(stranger).rejects.toThrow(/isn't the cluster: .*"CN=router"/);
  });
});

test("the message names the way that the request went", () => {
  const stranger = { server: "https://10.0.0.5:6443", subject: "CN=a", issuer: "CN=b", reason: "X" };
  const message = strangerMessage({ ...stranger, localAddress: "192.168.0.2", localInterface: "wlan0" });
  expect(message).toContain("from 192.168.0.2 (wlan0)");
  expect(message).toContain("ip route get 10.0.0.5");
});
