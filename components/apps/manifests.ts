import type { z } from "zod";
import { calculator } from "./calculator/manifest.ts";
import { chart } from "./declared/chart/manifest.ts";
import { workload } from "./declared/workload/manifest.ts";
import { edge } from "./edge/manifest.ts";
import type { AppDatabase, AppManifest } from "./manifest.ts";
import { odoo } from "./odoo/manifest.ts";

/** Every kind of application, by the name that settings write as `kind`. */
export const appManifests = { odoo, calculator, edge, workload, chart } as const;

export type AppKind = keyof typeof appManifests;

const kindsOf = <Kind extends string>(all: Readonly<Record<Kind, unknown>>) => Object.keys(all) as Kind[];

export const appKinds: readonly AppKind[] = kindsOf(appManifests);

/** The settings of an application of one kind. */
export type SettingsOf<Kind extends AppKind> = z.output<(typeof appManifests)[Kind]["schema"]>;

/** The settings of an application of any kind. */
export type Application = { readonly [Kind in AppKind]: SettingsOf<Kind> }[AppKind];

/** Name to application. */
export type Applications = Readonly<Record<string, Application>>;

/** What an application's kind is. */
export function manifestOf({ kind }: Pick<Application, "kind">): AppManifest<Application> {
  return appManifests[kind];
}

function isOf<Kind extends AppKind>(
  app: Application,
  kinds: readonly Kind[],
): app is Extract<Application, { readonly kind: Kind }> {
  return kinds.some((kind) => kind === app.kind);
}

/** The applications of some kinds (pure), with their names. */
export function appsOf<Kind extends AppKind>(
  apps: Applications,
  ...kinds: readonly Kind[]
): readonly (readonly [name: string, app: Extract<Application, { readonly kind: Kind }>])[] {
  return Object.entries(apps).flatMap(([name, app]) => (isOf(app, kinds) ? [[name, app] as const] : []));
}

/** The databases that applications bring along (pure), with the applications' names. */
export function databasesOf(apps: Applications): readonly (readonly [name: string, database: AppDatabase])[] {
  return Object.entries(apps).flatMap(([name, app]) => {
    const database = manifestOf(app).database?.(app);
    return database === undefined ? [] : [[name, database] as const];
  });
}
