import type { ChartSettings } from "../../../settings/schema/chart.ts";
import type { AppSurroundings, DeployedApp } from "../../deployed-app.ts";
import { DeclaredChart } from "../declared-chart.ts";

/** From its publisher's repository, a mirror, or the bundle. */
export function deployChart(
  name: string,
  settings: ChartSettings,
  { settings: { artifacts, applicationSecrets: secrets }, platform, ingress, opts }: AppSurroundings,
): DeployedApp {
  const args = { settings, artifacts, secrets, ingress, after: platform.ready };
  const { urls, passwords } = new DeclaredChart(name, args, opts);
  return { urls, passwords };
}
