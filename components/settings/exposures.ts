import type { Rooms } from "./schema/rooms.ts";
import { settingPath } from "./setting-path.ts";

/** Where one thing is reached from outside its cluster. */
export interface ExposedApp {
  readonly app: string;
  /** Of its `expose`. */
  readonly path: string;
  readonly by: "loadBalancer" | "ingress" | "nodePort";
  readonly address?: string;
  readonly host?: string;
  readonly port?: number;
}

/** How the applications are reached. */
export function exposedApps(apps: Rooms["apps"]): readonly ExposedApp[] {
  return Object.entries(apps).flatMap(([app, settings]) =>
    settings === undefined ? [] : [{ app, path: settingPath("apps", [app, "expose"]), ...settings.expose }],
  );
}

/** Every name behind the ingress, the dashboard's included, with its path. */
export function ingressNames(
  platform: Rooms["platform"] | undefined,
  apps: Rooms["apps"] | undefined,
): readonly { readonly host: string; readonly path: string }[] {
  const dashboard = platform?.ingress?.dashboard?.host;
  const path = settingPath("platform", ["ingress", "dashboard", "host"]);
  return [
    ...(dashboard === undefined ? [] : [{ host: dashboard, path }]),
    ...exposedApps(apps ?? {}).flatMap((each) =>
      each.host === undefined ? [] : [{ host: each.host, path: `${each.path}.host` }],
    ),
  ];
}
