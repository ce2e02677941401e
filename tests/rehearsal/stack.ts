import { fileURLToPath } from "node:url";
import grappe from "../../index.ts";
import { type Life, type LifeOptions, rehearse } from "../../rehearsal/life.ts";
import { installedPulumi } from "../../rehearsal/pulumi.ts";
import { withAgents } from "../../rehearsal/scale.ts";
import { readSettingsFile, type SettingsFile } from "../../runtime/settings-files/settings-file.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

type Fields = Record<string, unknown>;

/** A stack's settings as they stand in the repository, or with another number of agents. */
export function settingsOf(stack: string, agents?: number): SettingsFile {
  const settings = readSettingsFile(`${root}Pulumi.${stack}.yaml`);
  return agents === undefined ? settings : { ...settings, configuration: withAgents(settings.configuration, agents) };
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("no object in the settings");
  return Object.fromEntries(Object.entries(value));
}

/** The settings with one room (`site`, `cluster`, …) edited; the original stays as it is. */
export function withRoom(settings: SettingsFile, room: string, edit: (fields: Fields) => Fields): SettingsFile {
  const key = `grappe:${room}`;
  const edited = edit(fieldsOf(structuredClone(settings.configuration[key] ?? {})));
  return { ...settings, configuration: { ...settings.configuration, [key]: edited } };
}

/** The settings with the machines of the site edited. */
export function withHosts(settings: SettingsFile, edit: (hosts: Fields[]) => Fields[]): SettingsFile {
  return withRoom(settings, "site", (site) => ({
    ...site,
    hosts: edit(Array.isArray(site.hosts) ? site.hosts.map(fieldsOf) : []),
  }));
}

/** The settings with the pools of agents of an OpenStack site edited. */
export function withPools(settings: SettingsFile, edit: (pools: Fields[]) => Fields[]): SettingsFile {
  return withRoom(settings, "site", (site) => ({
    ...site,
    agentPools: edit(Array.isArray(site.agentPools) ? site.agentPools.map(fieldsOf) : []),
  }));
}

/** Rehearses the real program. */
export async function rehearseStack(
  settings: SettingsFile,
  options: Pick<LifeOptions, "beforeDestroy" | "change" | "disks" | "disturbance" | "former" | "phases"> = {},
): Promise<Life> {
  return rehearse({
    project: "grappe",
    settings,
    program: grappe,
    installed: await installedPulumi(),
    cacheFolder: `${root}.cache/rehearsal`,
    ...options,
  });
}

/** Names of the resources that a change touched, by what it did to them. */
export function changed(life: Life): Record<string, string[]> {
  const byOp: Record<string, string[]> = {};
  for (const { op, name } of life.changes ?? []) byOp[op] = [...(byOp[op] ?? []), name].toSorted();
  return byOp;
}
