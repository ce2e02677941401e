import { deployCalculator } from "./calculator/deploy-calculator.ts";
import { deployChart } from "./declared/chart/deploy-chart.ts";
import { deployWorkload } from "./declared/workload/deploy-workload.ts";
import type { AppDeployer, AppSurroundings, DeployedApp } from "./deployed-app.ts";
import { deployEdge } from "./edge/deploy-edge.ts";
import type { AppKind, Application, SettingsOf } from "./manifests.ts";
import { deployOdoo } from "./odoo/deploy-odoo.ts";

/** How each kind is deployed. */
const deployers: { readonly [Kind in AppKind]: AppDeployer<SettingsOf<Kind>> } = {
  odoo: { deploy: deployOdoo },
  calculator: { deploy: deployCalculator },
  edge: { deploy: deployEdge },
  workload: { deploy: deployWorkload },
  chart: { deploy: deployChart },
};

/** Deploys an application, whatever its kind. */
export function deployApp(name: string, app: Application, surroundings: AppSurroundings): DeployedApp {
  const deployer: AppDeployer<Application> = deployers[app.kind];
  return deployer.deploy(name, app, surroundings);
}
