import type { AppSurroundings, DeployedApp } from "../deployed-app.ts";
import { serviceImage } from "../service-image.ts";
import { Calculator } from "./calculator.ts";
import type { CalculatorSettings } from "./manifest.ts";

/** From the bundle's image of it, or Node.js' own. */
export function deployCalculator(
  name: string,
  settings: CalculatorSettings,
  { platform, source, nodes, ingress, architectures, opts }: AppSurroundings,
): DeployedApp {
  const image = serviceImage("calculator", settings.image, { bundle: source.bundle, architectures });
  const { urls } = new Calculator(name, { settings, ...image, nodes, ingress, after: platform.readyForPods }, opts);
  return { urls };
}
