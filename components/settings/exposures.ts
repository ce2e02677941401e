import type { Exposure } from "./schema/exposure.ts";
import type { Rooms } from "./schema/rooms.ts";
import { settingPath } from "./setting-path.ts";

/** Where one thing is reached from outside its cluster. */
export interface ExposedApp {
  readonly app: string;
  /** The setting: its `expose`. */
  readonly path: string;
  readonly by: "loadBalancer" | "ingress" | "nodePort";
  readonly address?: string;
  readonly host?: string;
  readonly port?: number;
  /** Below which paths of `host`. */
  readonly prefix: string;
}

/** How the applications are reached. */
export function exposedApps(apps: Rooms["apps"]): readonly ExposedApp[] {
  return Object.entries(apps).flatMap(([app, settings]) => {
    const expose: Exposure | undefined = settings.expose;
    if (expose === undefined) return [];
    const prefix = (expose.by === "ingress" ? expose.path : undefined) ?? "/";
    return [{ ...expose, app, path: settingPath("apps", [app, "expose"]), prefix }];
  });
}

/** Every name behind the ingress, the dashboard's included, with its setting's path and that below which it is used. */
export function ingressNames(
  platform: Rooms["platform"] | undefined,
  apps: Rooms["apps"] | undefined,
): readonly { readonly host: string; readonly path: string; readonly prefix: string }[] {
  const dashboard = platform?.ingress?.dashboard?.host;
  const path = settingPath("platform", ["ingress", "dashboard", "host"]);
  return [
    ...(dashboard === undefined ? [] : [{ host: dashboard, path, prefix: "/" }]),
    ...(apps === undefined ? [] : exposedApps(apps)).flatMap(({ host, path, prefix }) =>
      host === undefined ? [] : [{ host, path: `${path}.host`, prefix }],
    ),
  ];
}
