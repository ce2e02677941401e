import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import type { PlainMap } from "../../provider-protocol/property-value.ts";
import { run, SubprocessError } from "../../subprocess.ts";
import type { ReleaseInputs } from "./release-inputs.ts";

/** A release as Helm prints it. */
const printed = z.object({
  name: z.string(),
  namespace: z.string(),
  version: z.number(),
  manifest: z.string().default(""),
  info: z.object({ status: z.string() }),
  chart: z.object({
    metadata: z.object({ name: z.string(), version: z.string(), appVersion: z.string().default("") }),
  }),
});

export type PrintedRelease = z.output<typeof printed>;

/** Flags (pure) of `helm upgrade --install` for a release. Values come by stdin, the kubeconfig by a file. */
export function upgradeParameters(release: ReleaseInputs, chart: string, isUpdate: boolean): string[] {
  const flags: readonly (readonly [string, boolean])[] = [
    ["--wait", !release.skipAwait],
    ["--wait-for-jobs", !release.skipAwait && release.waitForJobs],
    ["--atomic", release.atomic],
    ["--cleanup-on-fail", release.cleanupOnFail],
    ["--create-namespace", release.createNamespace],
    ["--dependency-update", release.dependencyUpdate],
    ["--devel", release.devel],
    ["--no-hooks", isUpdate ? release.disableCRDHooks : release.disableWebhooks],
    ["--disable-openapi-validation", release.disableOpenapiValidation],
    ["--force", release.forceUpdate],
    ["--render-subchart-notes", release.renderSubchartNotes],
    ["--reset-values", release.resetValues],
    ["--reuse-values", release.reuseValues],
    ["--skip-crds", release.skipCrds],
    ["--verify", release.verify],
  ];
  const settings: readonly (readonly [string, string])[] = [
    ...repositoryParameters(release),
    ["--description", release.description],
    ["--post-renderer", release.postrender],
    ["--history-max", release.maxHistory === undefined ? "" : String(release.maxHistory)],
  ];
  return [
    ...["upgrade", release.name, chart, "--install", "--output=json", "--values=-"],
    ...[`--namespace=${release.namespace}`, `--timeout=${release.timeout}s`],
    ...flags.filter(([, isSet]) => isSet).map(([flag]) => flag),
    ...settings.filter(([, value]) => value !== "").map(([flag, value]) => `${flag}=${value}`),
  ];
}

function repositoryParameters({ version, repositoryOpts }: ReleaseInputs): (readonly [string, string])[] {
  return [
    ["--version", version],
    ["--repo", repositoryOpts.repo],
    ["--ca-file", repositoryOpts.caFile],
    ["--cert-file", repositoryOpts.certFile],
    ["--key-file", repositoryOpts.keyFile],
    ["--username", repositoryOpts.username],
  ];
}

/** The objects of a rendered manifest (pure), as the official provider lists them: kind to `namespace/name`. */
export function resourceNames(manifest: string, namespace: string): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const document of parseAllDocuments(manifest)) {
    const object = z
      .object({
        kind: z.string(),
        apiVersion: z.string(),
        metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
      })
      .safeParse(document.toJS());
    if (!object.success) continue;
    const { apiVersion, kind, metadata } = object.data;
    const place = metadata.namespace ?? namespace;
    const listed = names[`${kind}.${apiVersion}`] ?? [];
    names[`${kind}.${apiVersion}`] = [...listed, `${place}/${metadata.name}`];
  }
  return names;
}

/** Helm 3 itself. The kubeconfig is a file of its own for each call, readable by this user alone. */
export class Helm {
  readonly #program: string;
  readonly #root: string;

  constructor(program: string, root: string) {
    this.#program = program;
    this.#root = root;
  }

  async #run(parameters: readonly string[], options: { kubeconfig?: string; input?: string } = {}): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "grappe-helm-"));
    try {
      const file = join(folder, "kubeconfig");
      await writeFile(file, options.kubeconfig ?? "", { mode: 0o600 });
      const env = { KUBECONFIG: file, HELM_NAMESPACE: undefined, HELM_DRIVER: undefined };
      const { stdout } = await run([this.#program, ...parameters], {
        env,
        input: options.input ?? "",
        cwd: this.#root,
      });
      return stdout;
    } catch (error) {
      if (!(error instanceof SubprocessError)) throw error;
      throw new Error(error.stderr.replace(/^Error: /m, "").trim() || error.message, { cause: error });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** A chart on this computer as an absolute path; any other name as it is. */
  #chart(release: ReleaseInputs): string {
    const path = resolve(this.#root, release.chart);
    return existsSync(path) ? path : release.chart;
  }

  /** The chart's exact version. */
  async chartVersion(release: ReleaseInputs): Promise<string> {
    const settings = repositoryParameters(release).filter(([, value]) => value !== "");
    const parameters = settings.map(([flag, value]) => `${flag}=${value}`);
    const metadata: unknown = parse(await this.#run(["show", "chart", this.#chart(release), ...parameters]));
    return z.object({ version: z.string() }).parse(metadata).version;
  }

  async upgrade(
    kubeconfig: string,
    release: ReleaseInputs,
    values: PlainMap,
    isUpdate: boolean,
  ): Promise<PrintedRelease> {
    const parameters = upgradeParameters(release, this.#chart(release), isUpdate);
    return printed.parse(JSON.parse(await this.#run(parameters, { kubeconfig, input: JSON.stringify(values) })));
  }

  /** The release as it is; `undefined` when there is none. */
  async find(kubeconfig: string, name: string, namespace: string): Promise<PrintedRelease | undefined> {
    try {
      const output = await this.#run(["status", name, `--namespace=${namespace}`, "--output=json"], { kubeconfig });
      return printed.parse(JSON.parse(output));
    } catch (error) {
      if (error instanceof Error && error.message.includes("release: not found")) return undefined;
      throw error;
    }
  }

  async uninstall(kubeconfig: string, release: Uninstallation): Promise<void> {
    const wait = release.waits ? ["--wait", `--timeout=${release.timeout}s`] : [];
    const parameters = ["uninstall", release.name, `--namespace=${release.namespace}`, "--ignore-not-found", ...wait];
    await this.#run(parameters, { kubeconfig });
  }
}

export interface Uninstallation {
  readonly name: string;
  readonly namespace: string;
  readonly waits: boolean;
  /** Seconds. */
  readonly timeout: number;
}
