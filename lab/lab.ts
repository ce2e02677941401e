import { resolve } from "node:path";
import { readBundle } from "../components/host/bundle.ts";
import { describeChanges } from "../runtime/engine/changes.ts";
import type { ProviderChoice } from "../runtime/providers/choose-providers.ts";
import { awaitAnswer, describeAnswer, type Place } from "./application-answer.ts";
import {
  ensureBundle,
  keepKubeconfig,
  type LabOutputs,
  labSettings,
  outputsOf,
  prepareHosts,
  prepareLab,
} from "./bring-up.ts";
import { takeCharts } from "./bundle/parts/take-charts.ts";
import { defaultNetworks } from "./hardware/addresses.ts";
import { removeHosts } from "./hardware/hosts.ts";
import { serveTime } from "./hardware/own-kernel/time-server.ts";
import { ingressPlace } from "./ingress-place.ts";
import { labFolderIfThere, removeLabFolder } from "./stack/lab-folder.ts";
import { type LabSize, type MachineKind, partsOf } from "./stack/lab-settings.ts";
import { describeParts } from "./what-was-installed.ts";

export interface LabRequest {
  /** The lab's name; labs of different names live side by side. */
  readonly name: string;
  readonly size: LabSize;
  readonly machines: MachineKind;
  /** Without the platform's parts and Odoo. */
  readonly small: boolean;
  /** Folder with published charts that take the place of those in the bundle. */
  readonly charts?: string;
  /** Folder of the bundle that everything is installed from; made if missing. */
  readonly bundle: string;
  readonly choice: ProviderChoice;
}

const write = (line: string): unknown => process.stdout.write(`${line}\n`);

/** Brings up a real cluster on this computer: hosts, Kubernetes and applications on them. */
export async function bringUpLab({ name, size, machines, small, charts, bundle, choice }: LabRequest): Promise<void> {
  const folder = resolve(bundle);
  const parts = partsOf(await labSettings({ small, size }));
  await ensureBundle(folder, write, parts);
  if (charts !== undefined) {
    const standing = (await labFolderIfThere(name)) === undefined ? undefined : name;
    for (const line of await takeCharts(folder, resolve(charts), parts, standing)) write(line);
  }
  const stack = await prepareLab({ lab: name, size, machines, small, bundle: folder, choice, write });
  let stopTime: (() => void) | undefined;
  try {
    if (machines === "own-kernel") stopTime = await serveTime(defaultNetworks(name).admin.gateway);
    write(`providers: ${stack.providers.described}`);
    const result = await stack.run("up");
    const outputs = outputsOf(result);
    await keepKubeconfig(stack, outputs);
    const changes = describeChanges(result.changes);
    write(`\n${size.servers + size.agents} nodes are Ready; ${changes} in ${result.seconds.toFixed(1)} s`);
    for (const line of describeParts(await readBundle(folder), parts)) write(line);
    await tellAnswers(outputs);
    const till = outputs.urls.odoo?.[0];
    if (till !== undefined)
      write(`the till: ${till}; who can log in: ./grappe lab logins${name === "lab" ? "" : ` --name ${name}`}`);
    write(`kubectl: KUBECONFIG=${stack.folder.kubeconfig}`);
    write(`total: ${(performance.now() / 1_000).toFixed(1)} s`);
  } finally {
    stopTime?.();
    stack.close();
  }
}

/** Makes the lab's hosts alone, as far as they answer. */
export async function bringUpHosts({
  name,
  size,
  machines,
  small,
}: Pick<LabRequest, "name" | "size" | "machines" | "small">): Promise<void> {
  const { hosts } = await prepareHosts({ lab: name, size, machines, small });
  for (const { name: host, adminAddress, clusterAddress } of hosts) {
    write(`${host} answers at ${adminAddress} and ${clusterAddress}`);
  }
}

/** Asks every application, at the ingress those that only a name leads to, and tells what they answer. */
async function tellAnswers({ urls, kubeconfig, rootCertificate }: LabOutputs): Promise<void> {
  let ingress: Place | undefined;
  for (const [application, [address]] of Object.entries(urls)) {
    if (address === undefined) continue;
    const request = application === "calculator" ? new URL("/sum?a=2&b=3", address).href : address;
    const byName = /[a-z]/.test(new URL(address).hostname);
    if (byName) ingress ??= await ingressPlace(kubeconfig, rootCertificate);
    const place = byName ? ingress : undefined;
    const where = place === undefined ? "" : ` at ${place.address}`;
    write(`${application}: ${request}${where} answers ${describeAnswer(await awaitAnswer(request, 60, place))}`);
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
