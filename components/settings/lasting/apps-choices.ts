import { appManifests, appsOf, type SettingsOf } from "../../apps/manifests.ts";
import { isByOperator } from "../databases.ts";
import { seriesOf } from "../odoo-series.ts";
import { settingPath } from "../setting-path.ts";
import { kindChoice, workloadChoices } from "./declared-choices.ts";
import {
  type Chosen,
  type LastingChoice,
  type LastingSettings,
  type MadeWith,
  unchangeable,
} from "./lasting-choice.ts";
import { volumeChoices } from "./volume-choices.ts";

type OdooSettings = SettingsOf<"odoo">;

/** What the applications are made with. */
export function appsChoices({ apps, platform }: LastingSettings): readonly LastingChoice[] {
  const { defaultClass } = platform.storage;
  return [
    ...appsOf(apps, "odoo").flatMap(([name, odoo]) => choicesOfOdoo(placeOf(name), odoo, { platform, defaultClass })),
    ...Object.entries(apps).flatMap(([name, app]) => kindChoice(name, app)),
    ...appsOf(apps, "workload").flatMap(([name, settings]) => workloadChoices(name, settings, defaultClass)),
  ];
}

interface Surroundings {
  readonly platform: LastingSettings["platform"];
  readonly defaultClass: string | undefined;
}

function choicesOfOdoo(
  place: Place,
  odoo: OdooSettings,
  { platform, defaultClass }: Surroundings,
): readonly LastingChoice[] {
  const byOperator = isByOperator(platform, appManifests.odoo.database(odoo));
  return [
    instances(place, odoo, byOperator),
    ...database(place, odoo, byOperator, defaultClass),
    ...restore(place, odoo),
    ...filestore(place, odoo, defaultClass),
  ];
}

/** Which Odoo it is. */
interface Place {
  readonly name: string;
  /** As people know it. */
  readonly title: string;
  readonly path: (...steps: string[]) => string;
  readonly standing: RegExp;
  /** The way for who wants the shop's data in something else. */
  readonly move: string;
}

function placeOf(name: string): Place {
  return {
    name,
    title: name === "odoo" ? "Odoo" : name,
    path: (...steps) => settingPath("apps", [name, ...steps]),
    standing: new RegExp(`^kubernetes:helm\\.sh/v3:Release::${name}-release$`),
    move: `To move the data: back Odoo up (its database manager, or pg_dump and the filestore), take \`${name}\` out, \`up\`, add it again with the new choice, \`up\`, and restore.`,
  };
}

/** A single instance of CloudNativePG's, as it is remembered; a number alone is what stacks without backups have. */
const byOperatorAlone = "1 of CloudNativePG";

/** How many instances there are, and whose: a single one that is backed up is CloudNativePG's, too. */
function instances(
  { name, title, path, standing, move }: Place,
  { postgres }: OdooSettings,
  byOperator: boolean,
): LastingChoice {
  const chosen = postgres.instances === 1 && byOperator ? byOperatorAlone : postgres.instances;
  const wasByOperator = (was: Chosen) => was === byOperatorAlone || Number(was) > 1;
  const shown = (choice: Chosen) => String(choice).replace(byOperatorAlone, "1");
  const kept = unchangeable({
    path: path("postgres", "instances"),
    chosen,
    standing,
    made: `${title}'s database`,
    because:
      "one PostgreSQL and a replicated one are different things, and an empty database would start in the old one's place",
    otherwise: move,
    from: (was) => wasByOperator(was) === byOperator,
  });
  return {
    ...kept,
    judge: (was, made) => {
      // One instance before and after: it is the backup that comes or goes.
      if (shown(was) !== shown(chosen) || wasByOperator(was) === byOperator) return kept.judge(was, made);
      return byOperator
        ? {
            reason:
              "is 1 and shall be backed up, for which CloudNativePG keeps the database; it was made without, and an empty one would start in its place.",
            fix: `Write \`backup: false\` in grappe:apps.${name}. ${move}`,
          }
        : {
            reason:
              "is 1 of CloudNativePG's, as it was made to be backed up; without a backup it would be another PostgreSQL, and empty.",
            fix: `Leave \`backup\` in grappe:platform and grappe:apps.${name} as it was; or write 3 instances, \`up\`, and then take it out.`,
          };
    },
  };
}

/** A database that stands is never overwritten; what it was made of may be forgotten. */
function restore(
  { name: app, title, path, standing }: Place,
  { restore: wanted }: OdooSettings,
): readonly LastingChoice[] {
  const none = "nothing";
  const { from = none, at = none } = wanted ?? {};
  const choice = (name: "from" | "at", chosen: string, isOwn: (made: MadeWith) => boolean): LastingChoice => ({
    key: `${app} restore ${name}`,
    path: path("restore", name),
    chosen,
    standing,
    judge: (was, made) =>
      chosen === none || !isOwn(made)
        ? undefined
        : {
            reason: `is ${chosen}, but ${title}'s database is made already, of ${was}: it is never overwritten.`,
            fix: `Take \`restore\` out. To go back to another moment: take \`${app}\` out, \`up\`, add it again with \`restore\`, \`up\`. Or restore it into a stack beside this one, and look first.`,
          },
  });
  // Of another database every moment is another one: that is said once.
  return [choice("from", from, () => true), choice("at", at, (made) => made[`${app} restore from`] === from)];
}

function database(
  place: Place,
  odoo: OdooSettings,
  byOperator: boolean,
  defaultClass: string | undefined,
): readonly LastingChoice[] {
  const { title, path, standing, move } = place;
  const { postgres } = odoo;
  return [
    unchangeable({
      path: path("database"),
      chosen: odoo.database,
      standing,
      made: `${title}'s database`,
      because: "what was sold stands in that one, and a database is named once",
      otherwise: move,
    }),
    unchangeable({
      path: path("language"),
      chosen: odoo.language,
      standing,
      made: title,
      because: "it is the language of the first installation, and what is installed keeps it",
      otherwise: "Further languages are added in Odoo itself: Settings, Languages.",
    }),
    unchangeable({
      path: path("country"),
      chosen: odoo.country ?? "none",
      standing,
      made: title,
      because: "its accounts, taxes and currency are of that country, and books are kept in them",
      otherwise: "Or change it in Odoo, with its accounts: Settings, Companies, and Accounting's fiscal localization.",
    }),
    ...volumeChoices({
      path: (name) => path("postgres", name),
      what: `${title}'s database`,
      standing,
      size: postgres.size,
      storageClass: postgres.storageClass,
      defaultClass,
      mayGrow: false,
      asWritten: !byOperator,
      otherwise: move,
    }),
    ...series(place, odoo),
  ];
}

/** Odoo's series, which its image's tag says, whatever the image is called. */
function series({ name, path, standing }: Place, { image }: OdooSettings): readonly LastingChoice[] {
  const [chosen] = seriesOf(image)?.split(".") ?? [];
  if (chosen === undefined) return [];
  return [
    {
      key: `${name} series`,
      path: path("image"),
      chosen,
      standing,
      judge: (was) => ({
        reason: `is Odoo ${chosen}, but the database was made by Odoo ${was}: another series doesn't start on it.`,
        fix: `Write an image of Odoo ${was}; or migrate the database elsewhere (OpenUpgrade, upgrade.odoo.com), take \`${name}\` out, \`up\`, add it with the new image, \`up\`, and restore.`,
      }),
    },
  ];
}

/** None where all is in the database; whether files may go there, the initialisation judges, which sees them. */
function filestore(
  { title, path, standing, move }: Place,
  odoo: OdooSettings,
  defaultClass: string | undefined,
): readonly LastingChoice[] {
  if (odoo.filestore === undefined) return [];
  return [
    ...volumeChoices({
      path: (name) => path("filestore", name),
      what: `${title}'s filestore`,
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
      made: `${title}'s filestore`,
      because: "a claim is immutable, and a new one would be empty",
      otherwise: move,
    }),
  ];
}
