import { type RecoveryPlan, recoverStack } from "../runtime/recovery/recover-stack.ts";
import { lookUpOf } from "../runtime/recovery/stack-look-up.ts";
import { confirmed } from "./ask.ts";
import { describeRecovery } from "./describe-recovery.ts";
import { withStack } from "./stack.ts";

/** Recovers a stack after a run that was killed; shows everything first, and asks unless told not to. */
export async function recoverByName(name: string, yes: boolean): Promise<void> {
  const agree = async (plan: RecoveryPlan) => {
    process.stdout.write(`${describeRecovery(plan).join("\n")}\n`);
    return yes || (await confirmed("Is no other run of this stack at work, and shall this be done?"));
  };
  const done = await withStack(name, ({ stack }) =>
    recoverStack(stack, { lookUp: lookUpOf(stack), agree, cancelUnknown: true }),
  );
  const outcome = done === undefined ? "Nothing was changed." : `${name} is recovered. Go on with: ./grappe up ${name}`;
  process.stdout.write(`${outcome}\n`);
}
