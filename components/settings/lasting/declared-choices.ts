import { type Application, manifestOf } from "../../apps/manifests.ts";
import type { WorkloadSettings } from "../schema/workload.ts";
import { settingPath } from "../setting-path.ts";
import { type LastingChoice, unchangeable } from "./lasting-choice.ts";
import { volumeChoices } from "./volume-choices.ts";

/** An application's kind, where its name doesn't say it. */
export function kindChoice(name: string, app: Application): readonly LastingChoice[] {
  if (name === app.kind && manifestOf(app).isNamedByKind) return [];
  return [
    unchangeable({
      path: settingPath("apps", [name, "kind"]),
      chosen: app.kind,
      standing: new RegExp(`^kubernetes:core/v1:Namespace::${name}-namespace$`),
      made: name,
      because: "what the one kind made would be in the other's way, in one namespace",
      otherwise: "Give the new one another name; or save its data, take it out, `up`, and add it as it shall be.",
    }),
  ];
}

/** What an application from an image of the user's own is made with. */
export function workloadChoices(
  name: string,
  { volumes }: WorkloadSettings,
  defaultClass: string | undefined,
): readonly LastingChoice[] {
  return Object.entries(volumes).flatMap(([at, volume]) => volumeOf(name, at, { ...volume, defaultClass }));
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
