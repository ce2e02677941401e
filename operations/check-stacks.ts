import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseSettings } from "../components/settings/parse.ts";
import { SettingsError } from "../components/settings/problem.ts";
import { readProjectFile } from "../components/settings/project-file.ts";
import { applicationSettings } from "../components/settings/rules/application-secrets.ts";
import { rooms } from "../components/settings/schema/rooms.ts";
import { secrets } from "../components/settings/schema/secrets.ts";
import { canariesFor } from "../runtime/settings-files/canaries.ts";
import { readSettingsFile } from "../runtime/settings-files/settings-file.ts";
import { UsageError } from "./errors/usage-error.ts";
import { projectFolder, stackNames } from "./stack-names.ts";

/** Reads a stack's settings as `up` will, with stand-ins for the secrets, which only their owner can read. */
function checkStack(stack: string): void {
  const file = join(projectFolder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file))
    throw new UsageError(`${stack}: There is no ${file}. Fix: ./grappe new ${stack}, or name another stack.`);
  const { configuration } = readSettingsFile(file, stack);
  const plain = Object.entries(configuration).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const ofApplications = applicationSettings(rooms.apps.safeParse(configuration["grappe:apps"] ?? {}).data);
  const standIns = canariesFor([...Object.keys(secrets.shape), ...ofApplications]).map(({ name, value }) => [
    `grappe:${name}`,
    value,
  ]);
  parseSettings({
    stack,
    values: { ...Object.fromEntries(plain), ...Object.fromEntries(standIns) },
    secretKeys: new Set(standIns.map(([key = ""]) => key)),
    readFile: readProjectFile,
  });
}

/** Checks the settings of stacks, of all where none is named. @returns whether all are right */
export async function checkStacks(names: readonly string[]): Promise<boolean> {
  let areRight = true;
  for (const stack of names.length > 0 ? names : await stackNames()) {
    try {
      checkStack(stack);
      process.stdout.write(`${stack}: its settings are right\n`);
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      process.stdout.write(`${error.message}\n`);
      areRight = false;
    }
  }
  return areRight;
}
