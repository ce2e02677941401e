import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { ensureHelm } from "../../../runtime/toolchain/tools.ts";

const run = promisify(execFile);
export const odooChart = new URL("../../../charts/odoo", import.meta.url).pathname;

/** An object of a rendered chart, to be read by path. */
export interface RenderedObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

/** Renders a chart as the cluster would get it, as a release of a name in a namespace of that name. Throws with Helm's words where the chart refuses. */
export async function rendered(chart: string, values: unknown, release = "odoo"): Promise<RenderedObject[]> {
  const helm = await ensureHelm();
  const child = run(
    helm,
    ["template", release, chart, "--namespace", release, "--kube-version", "1.36.3", "--values", "-"],
    { maxBuffer: 16 * 1024 * 1024 },
  );
  child.child.stdin?.end(JSON.stringify(values));
  const { stdout } = await child;
  const objects = parseAllDocuments(stdout).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as RenderedObject | null;
  });
  return objects.filter((object) => object !== null);
}

/** The one object of a kind, by its name where there are several. */
export function objectOf(objects: readonly RenderedObject[], kind: string, name?: string): RenderedObject {
  const found = objects.filter(
    (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  const [object] = found;
  if (object === undefined || found.length > 1) {
    throw new Error(`${found.length} objects of kind ${kind} ${name ?? ""}, not 1`);
  }
  return object;
}

/** Reads a field by its path, such as `spec.template.spec.containers.0.image`. */
export function field(object: unknown, path: string): unknown {
  let value = object;
  for (const step of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** Helm's own judgement of a chart. */
export async function lint(chart: string): Promise<string> {
  return (await run(await ensureHelm(), ["lint", "--strict", chart])).stdout;
}
