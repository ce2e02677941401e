import { z } from "zod";
import type { ApiClient } from "../../../runtime/kubernetes-api/api-client.ts";

const summary = z.object({
  node: z.object({
    cpu: z.object({ time: z.string(), usageCoreNanoSeconds: z.number() }),
    memory: z.object({ workingSetBytes: z.number() }),
  }),
});

/** What a machine does, as its kubelet counts: everything that runs on it. */
export interface MachineLoad {
  readonly machine: string;
  /** Memory that can't be given back, in MiB: without what is only a cache of files. */
  readonly memory: number;
  /** Of one processor's time, 1 being all of it. */
  readonly processor: number;
}

async function read(api: ApiClient, machine: string) {
  const { node } = summary.parse(JSON.parse(await api.text(`/api/v1/nodes/${machine}/proxy/stats/summary`, {})));
  return { at: Date.parse(node.cpu.time), used: node.cpu.usageCoreNanoSeconds, bytes: node.memory.workingSetBytes };
}

/** What each machine does while something happens, which should take half a minute or more: kubelets count every ten seconds. */
export async function loadsWhile(
  api: ApiClient,
  machines: readonly string[],
  happens: () => Promise<unknown>,
): Promise<readonly MachineLoad[]> {
  const before = await Promise.all(machines.map((machine) => read(api, machine)));
  await happens();
  const after = await Promise.all(machines.map((machine) => read(api, machine)));
  return machines.map((machine, index) => {
    const [first, last] = [before[index], after[index]];
    if (first === undefined || last === undefined || last.at <= first.at) throw new Error(`${machine} counted nothing`);
    return {
      machine,
      memory: last.bytes / 2 ** 20,
      processor: (last.used - first.used) / 1e6 / (last.at - first.at),
    };
  });
}
