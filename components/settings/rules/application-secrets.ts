import { manifestOf } from "../../apps/manifests.ts";
import { nearest } from "../nearest.ts";
import type { Problem } from "../problem.ts";
import type { Rooms } from "../schema/rooms.ts";
import { secrets } from "../schema/secrets.ts";
import { settingPath } from "../setting-path.ts";
import type { StackConfig } from "../stack-config.ts";

type Apps = Rooms["apps"];

/** An encrypted setting that an application is given. */
interface Given {
  /** Of `grappe:NAME`. */
  readonly name: string;
  /** The setting that names it. */
  readonly path: string;
}

function given(apps: Apps): readonly Given[] {
  return Object.entries(apps).flatMap(([app, settings]) =>
    Object.entries(manifestOf(settings).secrets?.(settings) ?? {}).flatMap(([place, name]) =>
      typeof name === "string" ? [{ name, path: settingPath("apps", [app, "secrets", place]) }] : [],
    ),
  );
}

/** Names of the encrypted settings that applications are given (pure), each once. */
export function applicationSettings(apps: Apps | undefined): readonly string[] {
  return apps === undefined ? [] : [...new Set(given(apps).map(({ name }) => name))];
}

/** The values of these settings (pure). */
export function storedApplicationSecrets(
  { values }: Pick<StackConfig, "values">,
  apps: Apps | undefined,
): Readonly<Record<string, string>> {
  const found = applicationSettings(apps).flatMap((name) => {
    const value = values[settingPath(name)];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

const setIt = (stack: string, name: string) =>
  `Run \`pulumi config set --stack ${stack} --secret ${settingPath(name)}\`, which asks for the value.`;

/** Secrets of applications that are missing, empty, or stand in plain text. No reason quotes a value. */
export function applicationSecretProblems(
  { stack, values, secretKeys }: StackConfig,
  apps: Apps | undefined,
): readonly Problem[] {
  const wanted = new Map((apps === undefined ? [] : given(apps)).map((one) => [one.name, one]));
  return [...wanted.values()].flatMap(({ name, path: asked }): readonly Problem[] => {
    const path = settingPath(name);
    const value = values[path];
    if (value === undefined) {
      const meant = nearest(name, ownSecrets({ values, secretKeys }));
      const fix =
        meant === undefined ? setIt(stack, name) : `Did you mean \`${meant}\` there? Or: ${setIt(stack, name)}`;
      return [{ path, reason: `is missing; \`${asked}\` is to be it.`, fix }];
    }
    if (value === "") return [{ path, reason: `is empty; \`${asked}\` is to be it.`, fix: setIt(stack, name) }];
    if (secretKeys.has(path)) return [];
    return [
      {
        path,
        reason: "stands in plain text, where everybody who sees the stack file reads it.",
        fix: `Replace the secret by a new one where it is known to others. ${setIt(stack, name)}`,
      },
    ];
  });
}

/** Names of the encrypted settings that aren't grappe's own. */
function ownSecrets({ values, secretKeys }: Pick<StackConfig, "values" | "secretKeys">): readonly string[] {
  return Object.keys(values)
    .filter((key) => key.startsWith("grappe:") && secretKeys.has(key))
    .map((key) => key.slice("grappe:".length))
    .filter((name) => !Object.hasOwn(secrets.shape, name));
}

/** Encrypted settings (pure) that no application is given, as who runs the program is told: one may be set before it is used. */
export function unusedApplicationSecrets(
  config: Pick<StackConfig, "values" | "secretKeys">,
  apps: Apps,
): readonly string[] {
  const used = applicationSettings(apps);
  return ownSecrets(config)
    .filter((name) => !used.includes(name))
    .map(
      (name) =>
        `grappe:${name} is set, but no application's \`secrets\` names it. Fix: name it there, or forget it: pulumi config rm grappe:${name}`,
    );
}
