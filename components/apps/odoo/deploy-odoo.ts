import type * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../../platform/platform.ts";
import { isBackedUp, isByOperator } from "../../settings/databases.ts";
import type { AppSurroundings, DeployedApp, Logins } from "../deployed-app.ts";
import { odoo as manifest, type OdooSettings } from "./manifest.ts";
import { Odoo } from "./odoo.ts";

/** Behind the ingress its waiting page is made of the ingress' own kinds of objects. */
function before({ expose }: OdooSettings, { ready, ingress }: Platform): readonly pulumi.Resource[] {
  return expose.by === "ingress" && ingress?.ready !== undefined ? [...ready, ingress.ready] : ready;
}

/** Who logs in to the shop, and by which password. */
function loginsOf({ adminLogin, adminPassword, cashierPasswords: cashiers }: Odoo): Logins {
  return { adminLogin, adminPassword, ...(Object.keys(cashiers).length === 0 ? {} : { cashiers }) };
}

/** A claim names its class always: one that is named no more, or that the default was, would be another claim to the API. */
function withClass(odoo: OdooSettings, defaultClass: string | undefined): OdooSettings {
  if (odoo.filestore === undefined) return odoo;
  return { ...odoo, filestore: { storageClass: defaultClass, ...odoo.filestore } };
}

/** Odoo with its database: CloudNativePG's and saved, where the settings want that of this one. */
export function deployOdoo(name: string, settings: OdooSettings, surroundings: AppSurroundings): DeployedApp {
  const { platform, source, nodes, ingress, schedulableNodes, opts } = surroundings;
  const database = manifest.database(settings);
  const ofPlatform = surroundings.settings.platform;
  const shop = new Odoo(
    name,
    {
      settings: withClass(settings, platform.defaultStorageClass),
      products: surroundings.settings.products[name] ?? [],
      nodes,
      ingress,
      schedulableNodes,
      control: platform.control,
      source,
      byOperator: isByOperator(ofPlatform, database),
      backups: isBackedUp(ofPlatform, database) ? platform.backups : undefined,
      after: before(settings, platform),
    },
    opts,
  );
  return { urls: shop.urls, logins: loginsOf(shop), savedAt: shop.savedAt };
}
