import { z } from "zod";
import type { ContainerEngine } from "./container-engine.ts";
import { anyLab, type HostLabels, labLabel, parseLabels } from "./host-container.ts";

export interface PresentHost {
  readonly labels: HostLabels;
  readonly isRunning: boolean;
}

export interface LabResources {
  readonly containers: readonly string[];
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
}

const inspected = z.array(
  z.object({
    Config: z.object({ Labels: z.record(z.string(), z.string()) }),
    State: z.object({ Running: z.boolean() }),
  }),
);

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

async function names(engine: ContainerEngine, kind: "ps" | "volume" | "network", lab: string): Promise<string[]> {
  const filter = `--filter=label=${labLabel(lab)}`;
  const name = kind === "ps" ? "{{.Names}}" : "{{.Name}}";
  const list = kind === "ps" ? ["ps", "--all"] : [kind, "ls"];
  return lines((await engine.run([...list, filter, `--format=${name}`])).stdout);
}

/** Everything of a lab that the engine holds. */
export async function labResources(engine: ContainerEngine, lab: string): Promise<LabResources> {
  const [containers, volumes, networks] = await Promise.all([
    names(engine, "ps", lab),
    names(engine, "volume", lab),
    names(engine, "network", lab),
  ]);
  return { containers, volumes, networks };
}

/** The names of a lab's networks. */
export function findNetworks(engine: ContainerEngine, lab: string): Promise<string[]> {
  return names(engine, "network", lab);
}

/** How many hosts there are on this computer, of all labs. */
export async function countHosts(engine: ContainerEngine): Promise<number> {
  const list = ["ps", "--all", `--filter=label=${anyLab}`, "--format={{.Names}}"];
  return lines((await engine.run(list)).stdout).length;
}

/** The hosts of a lab, running or not. */
export async function findHosts(engine: ContainerEngine, lab: string): Promise<PresentHost[]> {
  const containers = await names(engine, "ps", lab);
  if (containers.length === 0) return [];
  const { stdout } = await engine.run(["container", "inspect", ...containers]);
  return inspected.parse(JSON.parse(stdout)).map(({ Config, State }) => ({
    labels: parseLabels(Config.Labels),
    isRunning: State.Running,
  }));
}
