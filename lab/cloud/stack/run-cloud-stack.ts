import { resolve } from "node:path";
import { describeChanges } from "../../../runtime/engine/changes.ts";
import type { ProviderChoice } from "../../../runtime/providers/choose-providers.ts";
import { ensureBundle, keepKubeconfig, outputsOf } from "../../bring-up.ts";
import type { Phase } from "../../stack/lab-stack.ts";
import { cloudSettings, openCloudStack } from "./cloud-stack.ts";

export interface CloudStackRequest {
  /** Folder of the bundle that everything is installed from; made if missing. */
  readonly bundle: string;
  readonly choice: ProviderChoice;
}

const write = (line: string): unknown => process.stdout.write(`${line}\n`);

/** Runs the stack of Pulumi.cloud.yaml on the OpenStack of this computer. */
export async function runCloudStack(phase: Phase, { bundle, choice }: CloudStackRequest): Promise<void> {
  const folder = resolve(bundle);
  await ensureBundle(folder, write);
  const { stack, providers } = await openCloudStack({ choice, write });
  try {
    write(`providers: ${providers}`);
    await stack.configure(await cloudSettings(folder));
    if (phase === "destroy") await stack.refuseForeign();
    const result = await stack.run(phase);
    write(`\n${phase}: ${describeChanges(result.changes)} in ${result.seconds.toFixed(1)} s`);
    if (phase !== "up") return;
    await keepKubeconfig(stack, outputsOf(result));
    write(`kubectl: KUBECONFIG=${stack.folder.kubeconfig}`);
  } finally {
    stack.close();
  }
}
