import type { DeclaredSettings } from "../schema/apps.ts";
import type { WorkloadSettings } from "../schema/workload.ts";
import { settingPath } from "../setting-path.ts";
import { type LastingChoice, unchangeable } from "./lasting-choice.ts";
import { volumeChoices } from "./volume-choices.ts";

/** What an application that is declared is made with. */
export function declaredChoices(
  name: string,
  settings: DeclaredSettings,
  defaultClass: string | undefined,
): readonly LastingChoice[] {
  const path = (...steps: string[]) => settingPath("apps", [name, ...steps]);
  return [
    unchangeable({
      path: path("kind"),
      chosen: settings.kind,
      standing: new RegExp(`^kubernetes:core/v1:Namespace::${name}-namespace$`),
      made: name,
      because: "what the one kind made would be in the other's way, in one namespace",
      otherwise: "Give the new one another name; or save its data, take it out, `up`, and add it as it shall be.",
    }),
    ...Object.entries(settings.kind === "workload" ? settings.volumes : {}).flatMap(([at, volume]) =>
      volumeOf(name, at, { ...volume, defaultClass }),
    ),
  ];
}

type Volume = WorkloadSettings["volumes"][string] & { readonly defaultClass: string | undefined };

function volumeOf(
  name: string,
  at: string,
  { size, storageClass, access, defaultClass }: Volume,
): readonly LastingChoice[] {
  const path = (setting: string) => settingPath("apps", [name, "volumes", at, setting]);
  const claim = `kubernetes:core/v1:PersistentVolumeClaim::${name}-volume:${at}`;
  const lasting = {
    standing: new RegExp(`^${claim.replaceAll(/[.+]/g, "\\$&")}$`),
    otherwise:
      "To move the data: save them, take the volume out, `up`, add it with the new choice, `up`, and bring them back.",
  };
  return [
    ...volumeChoices({
      ...lasting,
      size,
      storageClass,
      defaultClass,
      path,
      what: `${name}'s volume at ${at}`,
      mayGrow: true,
    }),
    unchangeable({
      ...lasting,
      path: path("access"),
      chosen: access,
      made: `${name}'s volume at ${at}`,
      because: "a claim is immutable, and a new one would be empty",
    }),
  ];
}
