import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSocketServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ensurePrograms } from "../../../lab/toolchain/debian-packages.ts";
import { buildGoModule, ownArchitecture } from "../../../lab/toolchain/go-module.ts";
import { progressOf } from "../../../lab/toolchain/progress.ts";
import { field, objectOf, type RenderedObject } from "../../unit/charts/rendered-chart.ts";
import { issueFor } from "../../unit/platform/issue-certificate.ts";

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createSocketServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  server.close();
  await once(server, "close");
  return port;
}

const routes = z.array(
  z.object({
    match: z.string(),
    services: z.tuple([z.object({ name: z.string() })]),
    middlewares: z.array(z.object({ name: z.string() })).optional(),
  }),
);
const paths = z.array(z.object({ path: z.string(), backend: z.object({ service: z.object({ name: z.string() }) }) }));
const errors = z.object({ status: z.array(z.string()), service: z.object({ name: z.string() }), query: z.string() });

/** The chart's routes (pure) as Traefik reads them from a file; of an Ingress as its provider for those makes them. */
function routesOf(objects: readonly RenderedObject[], host: string) {
  const pages = routes.parse(field(objectOf(objects, "IngressRoute"), "spec.routes"));
  const rest = paths.parse(field(objectOf(objects, "Ingress"), "spec.rules.0.http.paths"));
  const middleware = objectOf(objects, "Middleware");
  const { service, ...page } = errors.parse(field(middleware, "spec.errors"));
  const routers = [
    ...pages.map(({ match, services: [{ name }], middlewares = [] }) => ({
      ...{ rule: match, service: name, middlewares: middlewares.map((one) => one.name) },
    })),
    ...rest.map(({ path, backend }) => ({
      rule: `Host(\`${host}\`) && PathPrefix(\`${path}\`)`,
      service: backend.service.name,
    })),
  ];
  return {
    routers: Object.fromEntries(
      routers.map((router, index) => [`route-${index}`, { ...router, entryPoints: ["websecure"] }]),
    ),
    middlewares: { [middleware.metadata.name]: { errors: { ...page, service: service.name } } },
  };
}

/** What answers in Odoo's place. */
export type Answers = (request: IncomingMessage, response: ServerResponse) => void;

const waitingPage = new URL("../../../charts/odoo/files/waiting_page.py", import.meta.url).pathname;

/**
 * The chart's way in, without a cluster: a real Traefik with the chart's own routes, the waiting page's own program, and a certificate
 * of the shop's own authority by its own script. Only Odoo is somebody else.
 */
export class LocalIngress {
  readonly host: string;
  /** PEM. */
  readonly root: string;
  readonly port: number;
  readonly #folder: string;
  readonly #running: readonly ChildProcess[];
  readonly #odooPort: number;
  readonly #answers: Answers;
  #odoo: Server | undefined;

  private constructor(
    host: string,
    answers: Answers,
    found: { root: string; port: number; folder: string; running: readonly ChildProcess[]; odooPort: number },
  ) {
    [this.host, this.#answers] = [host, answers];
    [this.root, this.port, this.#odooPort] = [found.root, found.port, found.odooPort];
    [this.#folder, this.#running] = [found.folder, found.running];
  }

  /** @param objects of Odoo's chart, rendered for that host */
  static async open(host: string, objects: readonly RenderedObject[], answers: Answers): Promise<LocalIngress> {
    await ensurePrograms([{ program: "python3", debianPackage: "python3" }]);
    const folder = await mkdtemp(join(tmpdir(), "grappe-local-ingress-"));
    await mkdir(join(folder, "secrets"));
    await issueFor(folder, { names: [host], address: "127.0.0.1" });
    const [port, odooPort, pagePort] = [await freePort(), await freePort(), await freePort()];
    const at = (to: number) => ({ loadBalancer: { servers: [{ url: `http://127.0.0.1:${to}` }] } });
    const services = { odoo: at(odooPort), "odoo-waiting-page": at(pagePort) };
    const certificate = join(folder, "secrets", "own-certificate");
    const defaultCertificate = { certFile: join(certificate, "tls.crt"), keyFile: join(certificate, "tls.key") };
    const configuration = {
      http: { ...routesOf(objects, host), services },
      tls: { stores: { default: { defaultCertificate } } },
    };
    await writeFile(join(folder, "routes.yaml"), JSON.stringify(configuration));
    const built = await buildGoModule("traefik", { architecture: ownArchitecture(), progress: progressOf("traefik") });
    const parameters = [
      `--providers.file.filename=${join(folder, "routes.yaml")}`,
      `--entryPoints.websecure.address=127.0.0.1:${port}`,
      "--entryPoints.websecure.http.tls=true",
      "--global.checkNewVersion=false",
    ];
    const running = [
      spawn(join(built, "traefik"), parameters, { stdio: ["ignore", "ignore", "inherit"] }),
      spawn("python3", ["-c", `${atPort(pagePort)}`, waitingPage], { stdio: ["ignore", "ignore", "inherit"] }),
    ];
    const root = await readFile(join(folder, "secrets", "own-authority", "tls.crt"), "utf8");
    const ingress = new LocalIngress(host, answers, { root, port, folder, running, odooPort });
    await ingress.bringOdoo();
    return ingress;
  }

  async bringOdoo(): Promise<void> {
    this.#odoo = createServer(this.#answers).listen(this.#odooPort, "127.0.0.1");
    await once(this.#odoo, "listening");
  }

  async takeOdoo(): Promise<void> {
    const odoo = this.#odoo;
    if (odoo === undefined) return;
    this.#odoo = undefined;
    odoo.close();
    odoo.closeAllConnections();
    await once(odoo, "close");
  }

  /** Nothing answers any more. */
  async close(): Promise<void> {
    for (const child of this.#running) child.kill();
    await this.takeOdoo();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The page's program listens on its pod's port 8080; here on another one. */
const atPort = (port: number) => `import http.server, runpy, sys
class Server(http.server.ThreadingHTTPServer):
    def __init__(self, _address, handler):
        super().__init__(("127.0.0.1", ${port}), handler)
http.server.ThreadingHTTPServer = Server
runpy.run_path(sys.argv[1], run_name="__main__")`;
