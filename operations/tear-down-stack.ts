import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { RunError } from "@pulumi/pulumi/errors.js";
import { type RecoveryPlan, recoverStack } from "../runtime/recovery/recover-stack.ts";
import { lookUpOf, refuseForeignObjects } from "../runtime/recovery/stack-look-up.ts";
import { confirmedByName } from "./ask.ts";
import { describeRecovery } from "./describe-recovery.ts";
import { withStack } from "./stack.ts";

export interface TearDownOptions {
  /** Asked once it has been shown what goes. */
  readonly confirm: () => Promise<boolean>;
  /** Takes what is shown. */
  readonly write: (text: string) => void;
  /** Afterwards the stack's history and its settings' encryption go, too. Default: no. */
  readonly remove?: boolean;
}

/** What a killed run left gets into the state: only what the state knows is shown and destroyed. */
async function recover(stack: Stack, write: TearDownOptions["write"]): Promise<void> {
  const agree = async (plan: RecoveryPlan) => {
    write(`${describeRecovery(plan).join("\n")}\n`);
    return true;
  };
  await recoverStack(stack, { lookUp: lookUpOf(stack), agree });
}

/**
 * Destroys a stack and what a killed run left of it.
 *
 * @throws RunError, before anything is destroyed, that names what of others stands in the way, or if it wasn't confirmed
 */
export async function tearDownStack(stack: Stack, { confirm, write, remove }: TearDownOptions): Promise<void> {
  await recover(stack, write);
  await refuseForeignObjects(stack);
  await stack.destroy({ previewOnly: true, onOutput: write });
  if (!(await confirm())) throw new RunError("Not destroyed.");
  await stack.destroy({ onOutput: write });
  if (remove) await stack.workspace.removeStack(stack.name);
}

/** Destroys a stack of this project; asks for its name unless told not to. */
export async function destroyByName(name: string, { yes, remove }: { yes: boolean; remove: boolean }): Promise<void> {
  const confirm = async () => yes || (await confirmedByName(`This destroys the stack ${name}.`, name));
  await withStack(name, ({ stack }) =>
    tearDownStack(stack, { confirm, write: (text) => process.stdout.write(text), remove }),
  );
}
