import { appsOf, manifestOf } from "../../apps/manifests.ts";
import { nearest } from "../nearest.ts";
import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import { settingPath } from "../setting-path.ts";

/** Who is called is an application of this stack, and another one. */
export const calledAppsExist = rule(["apps"], ({ apps }) => {
  const names = Object.keys(apps);
  return Object.entries(apps).flatMap(([name, app]) =>
    (manifestOf(app).calls?.(app) ?? []).flatMap((called, index): readonly Problem[] => {
      const others = names.filter((other) => other !== name);
      if (others.includes(called)) return [];
      const path = settingPath("apps", [name, "calls", index]);
      if (called === name)
        return [{ path, reason: "is the application itself, which may call itself.", fix: "Remove it." }];
      const meant = nearest(called, others);
      const fix = meant === undefined ? "Remove it, or add that application." : `Did you mean \`${meant}\`?`;
      return [{ path, reason: `there is no application \`${called}\`.`, fix }];
    }),
  );
});

/** Volumes are shared by pods only where they can be. */
export const sharedVolumes = rule(["platform", "apps"], ({ platform, apps }) =>
  appsOf(apps, "workload").flatMap(([name, { volumes, replicas }]) =>
    Object.entries(volumes).flatMap(
      ([at, { access, storageClass = platform.storage.defaultClass }]): readonly Problem[] => {
        if (access === "ReadWriteMany" && storageClass === "local-path")
          return [
            {
              path: settingPath("apps", [name, "volumes", at, "access"]),
              reason: "is ReadWriteMany, which a node's own disk (local-path) can't be.",
              fix: "Write `storageClass: nfs-client`, or ReadWriteOnce with one replica.",
            },
          ];
        if (access === "ReadWriteOnce" && replicas > 1)
          return [
            {
              path: settingPath("apps", [name, "replicas"]),
              reason: `is ${replicas}, but the volume at ${at} is ReadWriteOnce: one pod's.`,
              fix: "Write 1; or `access: ReadWriteMany` on nfs-client, if the application can share its files.",
            },
          ];
        return [];
      },
    ),
  ),
);
