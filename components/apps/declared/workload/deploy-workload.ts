import type { WorkloadSettings } from "../../../settings/schema/workload.ts";
import type { AppSurroundings, DeployedApp } from "../../deployed-app.ts";
import { type Applications, manifestOf } from "../../manifests.ts";
import { DeclaredWorkload } from "../declared-workload.ts";

/** Who says that it calls an application. */
function callersOf(name: string, apps: Applications): readonly string[] {
  return Object.entries(apps).flatMap(([caller, app]) =>
    manifestOf(app).calls?.(app).includes(name) === true ? [caller] : [],
  );
}

/** Without volumes it can wait for nodes that are still to join. */
export function deployWorkload(
  name: string,
  settings: WorkloadSettings,
  { settings: { apps, applicationSecrets: secrets }, platform, nodes, ingress, opts }: AppSurroundings,
): DeployedApp {
  const after = Object.keys(settings.volumes).length === 0 ? platform.readyForPods : platform.ready;
  const { defaultStorageClass } = platform;
  const args = { settings, secrets, callers: callersOf(name, apps), nodes, ingress, defaultStorageClass, after };
  const { urls, passwords } = new DeclaredWorkload(name, args, opts);
  return { urls, passwords };
}
