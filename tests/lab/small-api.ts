import { type ChildProcess, execFile, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { goModules } from "../../lab/toolchain/go-modules.ts";
import { progressOf } from "../../runtime/progress.ts";
import { buildGoModule, ownArchitecture } from "../../runtime/toolchain/go-module.ts";
import type { GoModule } from "../../runtime/toolchain/go-module-definition.ts";
import { freePort } from "./free-port.ts";

const run = promisify(execFile);

/** The folder of a module's programs for this computer. */
export async function programsOf(module: GoModule): Promise<string> {
  return await buildGoModule(module, { architecture: ownArchitecture(), progress: progressOf(module.name) });
}

/** An address of this computer that isn't its loopback, which Kubernetes takes for no endpoint. */
export function ownAddress(): string {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((one) => one !== undefined && one.family === "IPv4" && !one.internal);
  if (found === undefined) throw new Error("this computer has no IPv4 address but its loopback");
  return found.address;
}

/** A real Kubernetes API with nothing behind it: etcd and the API server as programs. What is written stands there; nothing runs. */
export class SmallApi {
  readonly address: string;
  readonly token: string;
  readonly folder: string;
  /** Path. */
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly #running: readonly ChildProcess[];

  private constructor(found: Pick<SmallApi, "address" | "token" | "folder" | "kubectl">, running: ChildProcess[]) {
    [this.address, this.token, this.folder] = [found.address, found.token, found.folder];
    [this.kubectl, this.kubeconfig, this.#running] = [found.kubectl, join(found.folder, "kubeconfig"), running];
  }

  static async open(): Promise<SmallApi> {
    const [etcd, kubernetes] = [await programsOf(goModules.etcd), await programsOf(goModules.kubernetes)];
    const folder = await mkdtemp(join(tmpdir(), "grappe-small-api-"));
    const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
    const token = randomBytes(16).toString("hex");
    await writeFile(join(folder, "tokens"), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    await writeFile(join(folder, "sa.key"), privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    await writeFile(join(folder, "sa.pub"), publicKey.export({ type: "spki", format: "pem" }));
    const store = `http://127.0.0.1:${client}`;
    const quiet = { cwd: folder, stdio: "ignore" } as const;
    const own = `http://127.0.0.1:${peer}`;
    const running = [
      spawn(
        join(etcd, "server"),
        [
          ...["--data-dir=etcd", `--listen-client-urls=${store}`, `--advertise-client-urls=${store}`],
          ...[`--listen-peer-urls=${own}`, `--initial-advertise-peer-urls=${own}`, `--initial-cluster=default=${own}`],
        ],
        quiet,
      ),
      spawn(
        join(kubernetes, "kube-apiserver"),
        [
          ...[`--etcd-servers=${store}`, `--secure-port=${port}`, `--advertise-address=${ownAddress()}`],
          ...["--cert-dir=certificates", "--token-auth-file=tokens", "--authorization-mode=AlwaysAllow"],
          ...["--service-account-issuer=https://small.test", "--service-account-key-file=sa.pub"],
          ...["--service-account-signing-key-file=sa.key", "--disable-admission-plugins=ServiceAccount"],
          "--service-cluster-ip-range=10.96.0.0/24",
        ],
        quiet,
      ),
    ];
    const address = `https://${ownAddress()}:${port}`;
    const api = new SmallApi({ address, token, folder, kubectl: join(kubernetes, "kubectl") }, running);
    await writeFile(
      api.kubeconfig,
      JSON.stringify({
        ...{ apiVersion: "v1", kind: "Config", "current-context": "small" },
        clusters: [{ name: "small", cluster: { server: address, "insecure-skip-tls-verify": true } }],
        users: [{ name: "admin", user: { token } }],
        contexts: [{ name: "small", context: { cluster: "small", user: "admin" } }],
      }),
      { mode: 0o600 },
    );
    try {
      await api.#answers();
    } catch (error) {
      await api.close();
      throw error;
    }
    return api;
  }

  /** PEM of the certificate that its address is trusted by; its own. */
  get certificate(): string {
    return join(this.folder, "certificates", "apiserver.crt");
  }

  async #answers(): Promise<void> {
    const deadline = performance.now() + 120_000;
    for (;;) {
      const ready = await this.kube("get", "--raw", "/readyz").catch((error: unknown) => String(error));
      if (ready === "ok") return;
      if (performance.now() > deadline) throw new Error(`the API never answered: ${ready}`);
      await delay(500);
    }
  }

  async kube(...parameters: readonly string[]): Promise<string> {
    const { stdout } = await run(this.kubectl, ["--kubeconfig", this.kubeconfig, ...parameters], {
      env: { ...process.env, KUBECACHEDIR: join(this.folder, "cache") },
    });
    return stdout;
  }

  /** Applies objects, or a manifest's text, as they are; those without a namespace in the named one. */
  async apply(objects: readonly object[] | string, namespace = "default"): Promise<void> {
    const file = join(this.folder, `apply-${randomBytes(4).toString("hex")}`);
    const list = { apiVersion: "v1", kind: "List", items: objects };
    await writeFile(file, typeof objects === "string" ? objects : JSON.stringify(list));
    await this.kube("apply", "--server-side", "--force-conflicts", "--namespace", namespace, "--filename", file);
  }

  async close(): Promise<void> {
    for (const child of this.#running.toReversed()) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill();
        await ended;
      }
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
