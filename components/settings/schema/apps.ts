import assert from "node:assert/strict";
import { z } from "zod";
import { type Application, type Applications, appManifests, manifestOf } from "../../apps/manifests.ts";
import { cnis } from "../../cluster/cni/manifests.ts";

/** Namespaces, and so names, of others. */
const takenNames = [
  ...["default", "traefik", "pebble", "metallb-system", "cnpg-system", "csi-driver-nfs", "local-path-storage"],
  ...Object.values(cnis).flatMap(({ chart: network }) =>
    network === undefined ? [] : [network.namespace, ...network.furtherNamespaces],
  ),
];

/** Why an application can't have this name; it is its namespace's and its Service's, too. */
function nameFault(name: string, { kind }: Application): string | undefined {
  if (!/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/.test(name))
    return "not an application's name; write up to 40 lower-case letters, digits and inner hyphens, the first one a letter";
  if (takenNames.includes(name) || name.startsWith("kube-"))
    return "the namespace of a part of the cluster; choose another name";
  if (manifestOf({ kind }).takenNames?.includes(name) === true)
    return `the name of an output, and the logins of an application of the kind ${kind} are one, too; choose another name`;
  return undefined;
}

/** By their names, those that need no `kind` under it. */
const namedByKind = Object.fromEntries(
  Object.entries(appManifests).flatMap(([kind, { schema, isNamedByKind }]) =>
    isNamedByKind ? [[kind, schema.optional()] as const] : [],
  ),
);

const [first, ...others] = Object.values(appManifests).map(({ schema }) => schema);
assert(first !== undefined, "there is no kind of application");

/** An application, by its kind. */
const application = z.discriminatedUnion("kind", [first, ...others]);

/** The applications, by name; one that is absent is not deployed. Under the name of a kind stands one of it. */
export const apps = z
  .object(namedByKind)
  .catchall(application)
  .superRefine((all, context) => {
    for (const [name, app] of Object.entries(all)) {
      const message = app === undefined ? undefined : nameFault(name, app);
      if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
    }
  })
  .transform(
    (all): Applications =>
      Object.fromEntries(Object.entries(all).flatMap(([name, app]) => (app === undefined ? [] : [[name, app]]))),
  );

export type AppsSettings = z.output<typeof apps>;
