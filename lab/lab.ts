import { resolve } from "node:path";
import { answerOf, ensureBundle, keepKubeconfig, outputsOf, prepareHosts, prepareLab } from "./bring-up.ts";
import { removeHosts } from "./hardware/hosts.ts";
import type { ProviderChoice } from "./providers/choose-providers.ts";
import { removeLabFolder } from "./stack/lab-folder.ts";
import type { LabSize } from "./stack/lab-settings.ts";
import { describeChanges } from "./stack/lab-stack.ts";

export interface LabRequest {
  /** The lab's name; labs of different names live side by side. */
  readonly name: string;
  readonly size: LabSize;
  /** Folder of the bundle that everything is installed from; made if missing. */
  readonly bundle: string;
  readonly choice: ProviderChoice;
}

const write = (line: string): unknown => process.stdout.write(`${line}\n`);

/** Brings up a real cluster on this computer: hosts in containers, Kubernetes and applications on them. */
export async function bringUpLab({ name, size, bundle, choice }: LabRequest): Promise<void> {
  const folder = resolve(bundle);
  await ensureBundle(folder, write);
  const stack = await prepareLab({ lab: name, size, bundle: folder, choice, write });
  try {
    write(`providers: ${stack.providers.described}`);
    const result = await stack.run("up");
    const outputs = outputsOf(result);
    await keepKubeconfig(stack, outputs);
    const changes = describeChanges(result.changes);
    write(`\n${size.servers + size.agents} nodes are Ready; ${changes} in ${result.seconds.toFixed(1)} s`);
    for (const [application, [address]] of Object.entries(outputs.urls)) {
      if (address === undefined) continue;
      const request = application === "calculator" ? new URL("/sum?a=2&b=3", address).href : address;
      write(`${application}: ${request} answers ${await answerOf(request, 30)}`);
    }
    write(`kubectl: KUBECONFIG=${stack.folder.kubeconfig}`);
    write(`total: ${(performance.now() / 1_000).toFixed(1)} s`);
  } finally {
    stack.close();
  }
}

/** Makes the lab's hosts alone, as far as they answer. */
export async function bringUpHosts(name: string, size: LabSize): Promise<void> {
  const { hosts } = await prepareHosts({ lab: name, size });
  for (const { name: host, adminAddress, clusterAddress } of hosts) {
    write(`${host} answers at ${adminAddress} and ${clusterAddress}`);
  }
}

/**
 * Takes a lab away, its hosts with all that is on them, its networks and its stack. Its hosts are this computer's own containers,
 * so nothing on them needs to be undone first.
 */
export async function removeLab(name: string): Promise<void> {
  await removeHosts(name);
  await removeLabFolder(name);
}
