import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Fields = Record<string, unknown>;

interface Stored extends Fields {
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: { request?: string; expirationSeconds?: number };
  status?: Fields;
}

const openssl = (...words: readonly string[]) => execFileSync("openssl", words, { stdio: "pipe" }).toString();

async function bodyOf(request: IncomingMessage): Promise<Stored> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return JSON.parse(Buffer.concat(chunks).toString() || "{}");
}

/** An API server that keeps objects by their path, and a controller that signs what was approved. */
export class FakeApi {
  readonly objects = new Map<string, Stored>();
  readonly asked: string[] = [];
  /** What the controller does with an approved request. */
  signs: "signs" | "refuses" | "sleeps" = "signs";
  readonly #folder = mkdtempSync(join(tmpdir(), "grappe-fake-api-"));
  readonly #server: Server;

  constructor() {
    const [key, certificate] = [join(this.#folder, "ca.key"), join(this.#folder, "ca.crt")];
    openssl(
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", key, "-out", certificate, "-subj", "/CN=kubernetes"],
    );
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, body }) => response.writeHead(status).end(JSON.stringify(body)));
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true });
  }

  get kubeconfig(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the test server has no port");
    const server = `http://127.0.0.1:${address.port}`;
    const authority = readFileSync(join(this.#folder, "ca.crt")).toString("base64");
    return JSON.stringify({
      clusters: [
        { name: "c", cluster: { server, "insecure-skip-tls-verify": true, "certificate-authority-data": authority } },
      ],
      users: [{ name: "u", user: { token: "administrators-own" } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    });
  }

  put(path: string, object: Stored): void {
    this.objects.set(path, object);
  }

  /** Subject of a request that OpenSSL finds well made. */
  subjectOf(request: string): string {
    const file = join(this.#folder, "request.pem");
    writeFileSync(file, request);
    return openssl("req", "-in", file, "-noout", "-verify", "-subject", "-nameopt", "RFC2253").trim();
  }

  #sign({ spec }: Stored): Fields {
    if (this.signs === "refuses") return { conditions: [{ type: "Failed", message: "the key is too short" }] };
    if (this.signs === "sleeps") return {};
    const [request, signed] = [join(this.#folder, "order.pem"), join(this.#folder, "signed.pem")];
    writeFileSync(request, Buffer.from(spec?.request ?? "", "base64"));
    const authority = ["-CA", join(this.#folder, "ca.crt"), "-CAkey", join(this.#folder, "ca.key")];
    openssl("x509", "-req", "-in", request, ...authority, "-days", "1", "-out", signed);
    return { certificate: readFileSync(signed).toString("base64") };
  }

  #list(path: string, selector: string): Fields {
    const kind = path.split("/").at(-1) ?? "";
    const [, user] = /grappe\.dev\/user=(.*)$/.exec(selector) ?? [];
    const items = [...this.objects]
      .filter(([each]) => each.split("/").at(-2) === kind)
      .map(([, object]) => object)
      .filter(({ metadata }) => selector === "" || metadata.labels?.["app.kubernetes.io/managed-by"] === "grappe")
      .filter(({ metadata }) => user === undefined || metadata.labels?.["grappe.dev/user"] === user);
    return { items };
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: Fields }> {
    const url = new URL(request.url ?? "/", "http://api");
    const path = decodeURIComponent(url.pathname);
    const { method = "GET" } = request;
    this.asked.push(`${method} ${path}`);
    if (path === "/apis/rbac.authorization.k8s.io/v1") {
      const kinds = { ClusterRoleBinding: false, RoleBinding: true };
      const resources = Object.entries(kinds).map(([kind, namespaced]) => ({
        ...{ kind, namespaced },
        name: `${kind.toLowerCase()}s`,
      }));
      return { status: 200, body: { resources } };
    }
    if (method === "POST") {
      const object = await bodyOf(request);
      this.put(`${path}/${object.metadata.name}`, object);
      return { status: 201, body: object };
    }
    const stored = this.objects.get(path.replace(/\/approval$/, ""));
    if (method === "PUT" && stored !== undefined) stored.status = this.#sign(stored);
    if (method === "DELETE") this.objects.delete(path);
    if (stored !== undefined) return { status: 200, body: stored };
    const isList = /\/[a-z]+s$/.test(path) && !/clusterroles\/|namespaces\/[^/]+$/.test(path);
    if (isList) return { status: 200, body: this.#list(path, url.searchParams.get("labelSelector") ?? "") };
    return { status: 404, body: { reason: "NotFound", message: "not found" } };
  }
}
