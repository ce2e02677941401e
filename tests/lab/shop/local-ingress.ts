import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { z } from "zod";
import { shellAssignments } from "../../../components/host/shell-assignments.ts";
import { ownAuthoritySecrets } from "../../../components/platform/certificates.ts";
import { issueValues } from "../../../components/platform/own-authority.ts";
import { traefikValues } from "../../../components/platform/traefik-values.ts";
import { goModules } from "../../../lab/toolchain/go-modules.ts";
import { ensurePrograms } from "../../../runtime/toolchain/debian-packages.ts";
import { requiredModuleFolder } from "../../../runtime/toolchain/go-module.ts";
import { field, objectOf, type RenderedObject, rendered } from "../../unit/charts/rendered-chart.ts";
import { issueScript } from "../../unit/platform/issue-certificate.ts";
import { freePort } from "../free-port.ts";
import { ownAddress, programsOf, SmallApi } from "../small-api.ts";

/** What answers in Odoo's place. */
export type Answers = (request: IncomingMessage, response: ServerResponse) => void;

const repository = join(import.meta.dirname, "..", "..", "..");
const waitingPage = join(repository, "charts", "odoo", "files", "waiting_page.py");
const definitions = "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml";

/** The page's program listens on its pod's port 8080; here on another one. */
const atPort = (address: string, port: number) => `import http.server, runpy, sys
class Server(http.server.ThreadingHTTPServer):
    def __init__(self, _address, handler):
        super().__init__(("${address}", ${port}), handler)
http.server.ThreadingHTTPServer = Server
runpy.run_path(sys.argv[1], run_name="__main__")`;

const namespaceOf = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

const runs = ["Deployment", "StatefulSet", "Job", "Cluster", "PersistentVolumeClaim"];

/** Where a Service's pods would answer. */
function endpoints(service: string, port: number) {
  return {
    ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType: "IPv4" },
    metadata: { name: service, labels: { "kubernetes.io/service-name": service } },
    ports: [{ name: "http", port }],
    endpoints: [{ addresses: [ownAddress()], conditions: { ready: true } }],
  };
}

/** How the step ended. */
interface Issued {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The chart's way in without a machine: a real Kubernetes API that holds the charts' own objects, a real Traefik that reads them there, the
 * waiting page's own program, and the shop's own authority by its own script. No pods: only Odoo is somebody else.
 */
export class LocalIngress {
  readonly host: string;
  readonly api: SmallApi;
  readonly port: number;
  readonly #running: readonly ChildProcess[];
  readonly #odoo: Server;
  readonly #odooPort: number;

  private constructor(
    host: string,
    api: SmallApi,
    port: number,
    running: ChildProcess[],
    odoo: Server,
    odooPort: number,
  ) {
    [this.host, this.api, this.port] = [host, api, port];
    [this.#running, this.#odoo, this.#odooPort] = [running, odoo, odooPort];
  }

  /** @param objects of Odoo's chart, rendered for that host */
  static async open(host: string, objects: readonly RenderedObject[], answers: Answers): Promise<LocalIngress> {
    await ensurePrograms([{ program: "python3", debianPackage: "python3" }]);
    const api = await SmallApi.open();
    try {
      return await LocalIngress.#on(api, host, objects, answers);
    } catch (error) {
      await api.close();
      throw error;
    }
  }

  static async #on(
    api: SmallApi,
    host: string,
    objects: readonly RenderedObject[],
    answers: Answers,
  ): Promise<LocalIngress> {
    const [port, odooPort, pagePort] = [await freePort(), await freePort(), await freePort()];
    const module = await requiredModuleFolder(goModules.traefik, "github.com/traefik/traefik/v3");
    await api.apply(await readFile(join(module, definitions), "utf8"));
    await api.kube("wait", "--for=condition=Established", "--all", "crd", "--timeout=60s");
    await api.apply(["traefik", "odoo"].map(namespaceOf));
    const chart = await rendered(join(repository, "lab", "charts", "traefik"), traefikOwn, "traefik");
    await api.apply(
      chart.filter(({ kind }) => !runs.includes(kind)),
      "traefik",
    );
    const balanced = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: ownAddress() }] } } });
    await api.kube(...["patch", "service", "traefik", "--namespace=traefik", "--subresource=status", "-p", balanced]);
    const kinds = ["Ingress", "IngressRoute", "Middleware", "Service"];
    await api.apply(
      objects.filter(({ kind }) => kinds.includes(kind)),
      "odoo",
    );
    await api.apply([endpoints("odoo-waiting-page", pagePort)], "odoo");
    const odoo = createServer(answers).listen(odooPort, ownAddress());
    await once(odoo, "listening");
    const running = [
      spawn(join(await programsOf(goModules.traefik), "traefik"), parametersOf(chart, api, port), { stdio: "ignore" }),
      spawn("python3", ["-c", atPort(ownAddress(), pagePort), waitingPage], { stdio: "ignore" }),
    ];
    const ingress = new LocalIngress(host, api, port, running, odoo, odooPort);
    await ingress.bringOdoo();
    return ingress;
  }

  /** Runs the step that issues the certificate, against the API: as `up` does, or as the timer. */
  async issue(names: readonly string[], isUp: "yes" | "no"): Promise<Issued> {
    const values = issueValues({
      ...{ distribution: "kubeadm", namespace: "traefik", service: "traefik" },
      ...{ commonName: "grappe shop", names },
    });
    const { kubectl, kubeconfig, folder } = this.api;
    const standIns = `
kube() { KUBECACHEDIR='${folder}/cache' '${kubectl}' --kubeconfig='${kubeconfig}' --request-timeout=20s "$@"; }
ours()`;
    const script = issueScript.replaceAll("/run/grappe", join(folder, "run")).replace("\nours()", () => standIns);
    return await new Promise((resolve) => {
      const child = execFile("bash", ["--norc", "-c", script], (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
      child.stdin?.end(shellAssignments({ ...values, isUp }));
    });
  }

  /** Odoo's pods are ready. */
  async bringOdoo(): Promise<void> {
    await this.api.apply([endpoints("odoo", this.#odooPort)], "odoo");
  }

  /** Odoo has no pod that is ready. */
  async takeOdoo(): Promise<void> {
    await this.api.kube("delete", "endpointslice", "odoo", "--namespace=odoo");
  }

  /** Nothing answers any more. */
  async close(): Promise<void> {
    for (const child of this.#running) child.kill();
    this.#odoo.close();
    this.#odoo.closeAllConnections();
    await this.api.close();
  }
}

const traefikOwn = traefikValues({
  certificateSecret: ownAuthoritySecrets.certificate,
  dashboard: { host: "traefik.lab.test" },
  schedulableNodes: 1,
  strictTransport: true,
  loadBalancer: true,
  externalTrafficPolicy: "Local",
  trusted: { forwardedHeaders: [], proxyProtocol: [] },
});

/** Traefik's parameters as its chart has them, but for ports that are free here and the way to the API. */
function parametersOf(chart: readonly RenderedObject[], api: SmallApi, port: number): string[] {
  const container = field(objectOf(chart, "Deployment"), "spec.template.spec.containers.0.args");
  const others = z.array(z.string()).parse(container);
  const isPort = /^--(entryPoints\.(?!websecure\.http|web\.)|ping|metrics|api|entryPoints\.web\.)/;
  const provider = (name: string) => [
    `--providers.${name}.endpoint=${api.address}`,
    `--providers.${name}.token=${api.token}`,
    `--providers.${name}.certAuthFilePath=${api.certificate}`,
  ];
  return [
    ...others.filter((one) => !isPort.test(one)),
    `--entryPoints.websecure.address=${ownAddress()}:${port}`,
    "--api.dashboard=true",
    ...["kubernetescrd", "kubernetesingress"].flatMap(provider),
  ];
}
