import { appsOf } from "../../apps/manifests.ts";
import { rule } from "../rule.ts";
import { settingPath } from "../setting-path.ts";

/** A till is made by the module that knows what one is; `pos_…` bring it along. */
export const tillIsInstalled = rule(["apps"], ({ apps }) =>
  appsOf(apps, "odoo").flatMap(([name, { pointOfSale, modules }]) =>
    pointOfSale === undefined || modules.some((module) => module === "point_of_sale" || module.startsWith("pos_"))
      ? []
      : [
          {
            path: settingPath("apps", [name, "modules"]),
            reason: "has no point_of_sale, but `pointOfSale` wants a till.",
            fix: "Add point_of_sale to it, or take `pointOfSale` out.",
          },
        ],
  ),
);

/** Each cashier is a user of its own, with a password of its own. */
export const cashiersOnce = rule(["apps"], ({ apps }) =>
  appsOf(apps, "odoo").flatMap(([name, { pointOfSale, adminLogin }]) => {
    const cashiers = pointOfSale?.cashiers ?? [];
    return cashiers.flatMap((login, index) => {
      const isAdministrator = login === adminLogin;
      if (!isAdministrator && cashiers.indexOf(login) === index) return [];
      return [
        {
          path: settingPath("apps", [name, "pointOfSale", "cashiers", index]),
          reason: isAdministrator ? `${login} is the administrator.` : `${login} is listed twice.`,
          fix: "Write another login, or remove it.",
        },
      ];
    });
  }),
);
