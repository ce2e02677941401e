import { seriesOf } from "../odoo-series.ts";
import type { OdooSettings } from "../schema/apps.ts";
import { settingPath } from "../setting-path.ts";
import { type LastingChoice, type LastingSettings, unchangeable } from "./lasting-choice.ts";
import { volumeChoices } from "./volume-choices.ts";

/** What the applications are made with. */
export function appsChoices({ apps, platform }: LastingSettings): readonly LastingChoice[] {
  const { odoo } = apps;
  if (odoo === undefined) return [];
  const { defaultClass } = platform.storage;
  return [...database(odoo, defaultClass), ...filestore(odoo, defaultClass)];
}

const path = (...steps: string[]) => settingPath("apps", ["odoo", ...steps]);

const standing = /^kubernetes:helm\.sh\/v3:Release::odoo-release$/;

/** The way for who wants the shop's data in something else. */
const move =
  "To move the data: back Odoo up (its database manager, or pg_dump and the filestore), take `odoo` out, `up`, add it again with the new choice, `up`, and restore.";

function database(odoo: OdooSettings, defaultClass: string | undefined): readonly LastingChoice[] {
  const { postgres } = odoo;
  const replicated = postgres.instances > 1;
  return [
    unchangeable({
      path: path("postgres", "instances"),
      chosen: postgres.instances,
      standing,
      made: "Odoo's database",
      because:
        "one PostgreSQL and a replicated one are different things, and an empty database would start in the old one's place",
      otherwise: move,
      from: (was) => Number(was) > 1 === replicated,
    }),
    unchangeable({
      path: path("database"),
      chosen: odoo.database,
      standing,
      made: "Odoo's database",
      because: "what was sold stands in that one, and a database is named once",
      otherwise: move,
    }),
    unchangeable({
      path: path("language"),
      chosen: odoo.language,
      standing,
      made: "Odoo",
      because: "it is the language of the first installation, and what is installed keeps it",
      otherwise: "Further languages are added in Odoo itself: Settings, Languages.",
    }),
    unchangeable({
      path: path("country"),
      chosen: odoo.country ?? "none",
      standing,
      made: "Odoo",
      because: "its accounts, taxes and currency are of that country, and books are kept in them",
      otherwise: "Or change it in Odoo, with its accounts: Settings, Companies, and Accounting's fiscal localization.",
    }),
    ...volumeChoices({
      path: (name) => path("postgres", name),
      what: "Odoo's database",
      standing,
      size: postgres.size,
      storageClass: postgres.storageClass,
      defaultClass,
      mayGrow: false,
      otherwise: move,
    }),
    ...series(odoo),
  ];
}

/** Odoo's series, which its image's tag says, whatever the image is called. */
function series({ image }: OdooSettings): readonly LastingChoice[] {
  const [chosen] = seriesOf(image)?.split(".") ?? [];
  if (chosen === undefined) return [];
  return [
    {
      key: "odoo series",
      path: path("image"),
      chosen,
      standing,
      judge: (was) => ({
        reason: `is Odoo ${chosen}, but the database was made by Odoo ${was}: another series doesn't start on it.`,
        fix: `Write an image of Odoo ${was}; or migrate the database elsewhere (OpenUpgrade, upgrade.odoo.com), take \`odoo\` out, \`up\`, add it with the new image, \`up\`, and restore.`,
      }),
    },
  ];
}

/** None where all is in the database; whether files may go there, the initialisation judges, which sees them. */
function filestore(odoo: OdooSettings, defaultClass: string | undefined): readonly LastingChoice[] {
  if (odoo.filestore === undefined) return [];
  return [
    ...volumeChoices({
      path: (name) => path("filestore", name),
      what: "Odoo's filestore",
      standing,
      size: odoo.filestore.size,
      storageClass: odoo.filestore.storageClass,
      defaultClass,
      mayGrow: true,
      otherwise: move,
    }),
    unchangeable({
      path: path("filestoreAccessMode"),
      chosen: odoo.filestoreAccessMode,
      standing,
      made: "Odoo's filestore",
      because: "a claim is immutable, and a new one would be empty",
      otherwise: move,
    }),
  ];
}
