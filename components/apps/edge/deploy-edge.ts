import type { AppSurroundings, DeployedApp } from "../deployed-app.ts";
import { serviceImage } from "../service-image.ts";
import { Edge } from "./edge.ts";
import type { EdgeSettings } from "./manifest.ts";

/** From the bundle's image of it, or Node.js' own. */
export function deployEdge(
  name: string,
  settings: EdgeSettings,
  { platform, source, nodes, ingress, architectures, opts }: AppSurroundings,
): DeployedApp {
  const image = serviceImage("edge", settings.image, { bundle: source.bundle, architectures });
  const { urls } = new Edge(name, { settings, ...image, nodes, ingress, after: platform.readyForPods }, opts);
  return { urls };
}
