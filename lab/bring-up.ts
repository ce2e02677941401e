import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { readBundle } from "../components/host/bundle.ts";
import type { PartName } from "../components/settings/part-names.ts";
import { run } from "../runtime/subprocess.ts";
import { ownArchitecture } from "../runtime/toolchain/go-module.ts";
import { isReachable } from "../runtime/toolchain/reachable.ts";
import { isFilled } from "./bundle/filling.ts";
import { missingParts } from "./bundle/parts/missing-parts.ts";
import { createHosts, type Lab } from "./hardware/hosts.ts";
import { openLabFolder, repository } from "./stack/lab-folder.ts";
import {
  type Configuration,
  fillSettings,
  forSize,
  hostNames,
  type LabSize,
  type MachineKind,
  ownKernels,
  smallLab,
} from "./stack/lab-settings.ts";
import { committedSettings, type LabRunResult, LabStack, type StackOptions } from "./stack/lab-stack.ts";

export interface BringUp {
  readonly lab: string;
  readonly size: LabSize;
  readonly bundle: string;
  readonly write: (line: string) => void;
  /** Without the platform's parts and Odoo. */
  readonly small: boolean;
  /** Default: containers. */
  readonly machines?: MachineKind;
  /** Changes to the filled-in settings; default: none. */
  readonly change?: (configuration: Configuration) => Configuration;
  /** Encrypted settings beside the SSH key; they stay until they are given again. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** Stands for all official releases. */
const officialRelease = "https://dl.k8s.io/release/stable.txt";

/**
 * Makes sure that there is a bundle with the given parts of platform and applications: one that has them is taken as it is, else
 * it is filled, from releases or from source.
 */
export async function ensureBundle(
  folder: string,
  write: (line: string) => void,
  parts: readonly PartName[] = [],
): Promise<void> {
  const bundle = await readBundle(folder).catch(() => undefined);
  const missing = bundle === undefined ? parts : missingParts(bundle, parts, ownArchitecture());
  const isWhole = await isFilled(folder);
  if (bundle !== undefined && missing.length === 0 && isWhole) return;
  const from = (await isReachable(officialRelease, { anew: true })) ? "releases" : "source";
  const cutOff = isWhole ? `${folder} lacks ${missing.join(", ")}` : `${folder} is only half filled`;
  write(`${bundle === undefined ? `no bundle in ${folder}` : cutOff}: filling it from ${from}`);
  const command = [process.execPath, join(repository, "command-line", "grappe.ts"), "bundle"] as const;
  const wanted = parts.length === 0 ? "none" : parts.join(",");
  await run([...command, "--from", from, "--out", folder, "--parts", wanted], { onErrorLine: write });
}

/** Makes sure that the lab's hosts run, and that they answer at all of their addresses. */
export async function prepareHosts({
  lab,
  size,
  small,
  machines = "container",
}: Pick<BringUp, "lab" | "size" | "small" | "machines">): Promise<Lab> {
  const { sshKey } = await openLabFolder(lab);
  const ownKernel = machines === "own-kernel" ? ownKernels(size, small) : {};
  return await createHosts({ lab, hosts: hostNames(size), authorizedKey: sshKey.publicKey, ownKernel });
}

/** The committed settings of a lab, before a run fills in what only it knows. */
export async function labSettings({ small, size }: Pick<BringUp, "small" | "size">): Promise<Configuration> {
  const committed = await committedSettings();
  return small ? smallLab(committed) : forSize(committed, size);
}

/** Makes sure that the lab's hosts run, opens its stack meanwhile, and makes its settings speak of them. */
export async function prepareLab(request: BringUp & StackOptions): Promise<LabStack> {
  const [opened, created] = await Promise.allSettled([LabStack.open(request.lab, request), prepareHosts(request)]);
  if (opened.status === "rejected") throw opened.reason;
  if (created.status === "rejected") {
    opened.value.close();
    throw created.reason;
  }
  await configure(opened.value, created.value, request);
  return opened.value;
}

/** Writes the stack's settings for hosts that are there. */
export async function configure(stack: LabStack, lab: Lab, request: BringUp): Promise<void> {
  const { size, bundle, small, change, secrets } = request;
  const filled = fillSettings(await labSettings({ small, size }), { lab, hosts: hostNames(size), bundle });
  await stack.configure(change === undefined ? filled : change(filled), secrets);
}

const outputs = z.object({
  urls: z.record(z.string(), z.array(z.string())),
  kubeconfig: z.string(),
  rootCertificate: z.string().optional(),
});

export interface LabOutputs {
  readonly urls: Readonly<Record<string, readonly string[]>>;
  readonly kubeconfig: string;
  /** PEM; of the shop's own authority, where it has one. */
  readonly rootCertificate?: string;
}

export function outputsOf(result: LabRunResult): LabOutputs {
  return outputs.parse(result.outputs);
}

/** Keeps the kubeconfig in the lab's folder, readable by this user alone. */
export async function keepKubeconfig(stack: LabStack, { kubeconfig }: LabOutputs): Promise<void> {
  await writeFile(stack.folder.kubeconfig, kubeconfig, { mode: 0o600 });
}

/** Waits until an address answers an HTTP request with success, and returns what it said. */
export async function answerOf(address: string, seconds: number): Promise<string> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const answer = await fetch(address, { signal: AbortSignal.timeout(2_000) }).then(
      async (response) => (response.ok ? await response.text() : undefined),
      () => undefined,
    );
    if (answer !== undefined) return answer.trim();
    if (performance.now() > deadline)
      throw new RunError(`${address} did not answer within ${seconds} s. Fix: see what its pods say.`);
    await delay(200);
  }
}
