import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ArtifactSource } from "../../host/artifacts/artifact-source.ts";
import type { PinnedFile } from "../../host/artifacts/catalogue.ts";
import { installArtifacts } from "../../host/artifacts/install-artifacts.ts";
import { loadScript } from "../../host/script.ts";
import { runOnHost } from "../../host/step.ts";
import type { ControlHost } from "../../platform/custom-resource-gate.ts";
import type { OdooSeries } from "../../settings/odoo-series.ts";

/** A wheel's address is of its own; what PyPI says of a project's files is its page. */
const wheel = (version: string, folder: string, sha256: string): PinnedFile => ({
  name: "odoo-addon-session-db",
  version,
  url: `https://files.pythonhosted.org/packages/${folder}/odoo_addon_session_db-${version}-py3-none-any.whl`,
  sha256,
});

/** OCA's module `session_db` (LGPL-3), which keeps Odoo's sessions in PostgreSQL: a wheel for each series. */
export const sessionModules: Readonly<Record<OdooSeries, PinnedFile>> = {
  "18.0": wheel(
    "18.0.1.0.2",
    "dc/1f/305c1591c641a618e779fee4aa51fa20b036d176af64a58e11c21b1cc51b",
    "9c46128a7ce0e633149a72ae268789fcaefac549d65f7e2f6aa30179094a891e",
  ),
  "19.0": wheel(
    "19.0.1.0.0.2",
    "58/b5/e6ec389bd7683114b8ffeeabe4eb76af3a775ecdf517f3df1116fda4f367",
    "a91a679d310332b27d518c7e1014342c5e5278ac58d8c7724ec89b96cf46365b",
  ),
};

/** Name of the ConfigMap that holds a series' module; another version is another one. */
export function sessionModuleObject(series: OdooSeries): string {
  return `odoo-session-db-${sessionModules[series].version}`;
}

export interface SessionModuleArgs {
  readonly series: OdooSeries;
  readonly control: ControlHost;
  readonly source: ArtifactSource;
  readonly namespace: pulumi.Output<string>;
}

/** Fetches the module to a server, from its publisher, a mirror or the bundle, and gives it to the pods as a ConfigMap. */
export function sessionModule(
  name: string,
  args: SessionModuleArgs,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  const { series, control, source, namespace } = args;
  const pinned = sessionModules[series];
  const file = `/var/lib/grappe/odoo/session-db-${pinned.version}.whl`;
  const artifacts = [{ pinned, destination: { file, mode: "0644" } }];
  const fetched = installArtifacts(`${name}-file`, { host: control.host, artifacts, source }, opts);
  return runOnHost(
    `${name}-object`,
    {
      host: control.host,
      script: loadScript(import.meta.url, "./session-module.sh"),
      values: { distribution: control.distribution, namespace, configMap: sessionModuleObject(series), file },
      deadlineSeconds: 120,
    },
    pulumi.mergeOptions(opts, { dependsOn: fetched }),
  );
}
