import { appsOf } from "../../apps/manifests.ts";
import { nearest } from "../nearest.ts";
import { enterpriseModules, odooModules } from "../odoo-modules.ts";
import { isOdooSeries, odooSeries, seriesOf } from "../odoo-series.ts";
import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import { settingPath } from "../setting-path.ts";

/** The chart knows two series; which one an image has, its tag says. */
export const knownSeries = rule(["apps"], ({ apps }) =>
  appsOf(apps, "odoo").flatMap(([name, { image }]): readonly Problem[] => {
    const series = seriesOf(image);
    if (isOdooSeries(series)) return [];
    return [
      {
        path: settingPath("apps", [name, "image"]),
        reason:
          series === undefined
            ? "doesn't say which series of Odoo it has."
            : `is Odoo ${series}, which the chart doesn't run.`,
        fix: `Write an image whose tag begins with ${odooSeries.join(" or ")}, such as docker.io/library/odoo:${odooSeries[0]}-20260817.`,
      },
    ];
  }),
);

/** Odoo's own image, and its version: `docker.io/library/odoo:19.0-20260817`. One of somebody else may hold any module. */
const ownImage = /^(?:docker\.io\/)?(?:library\/)?odoo:(\d+)/;

/** The image has the modules that are to be installed; Odoo itself says so only in the middle of its initialisation. */
export const modulesOfImage = rule(["apps"], ({ apps }) =>
  appsOf(apps, "odoo").flatMap(([name, { image, modules }]) => {
    const version = ownImage.exec(image)?.[1];
    if (version === undefined) return [];
    return modules.flatMap((module, index): readonly Problem[] => {
      const path = settingPath("apps", [name, "modules", index]);
      if (enterpriseModules.has(module)) {
        return [
          {
            path,
            reason: `${module} is of Odoo's enterprise edition, which ${image} hasn't.`,
            fix: "Remove it, or write an `image` of your own that has it.",
          },
        ];
      }
      // Other versions' modules aren't known one by one; there the initialisation says what is missing.
      if (version !== "19" || odooModules.has(module)) return [];
      const meant = nearest(module, [...odooModules]);
      return [
        {
          path,
          reason: `${image} has no module ${module}.`,
          fix: `${meant === undefined ? "" : `Did you mean \`${meant}\`? `}Write the technical name of one that it has, or an \`image\` of your own.`,
        },
      ];
    });
  }),
);
