import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { describeRecovery } from "./recovery/describe-recovery.ts";
import { type RecoveryPlan, recoverStack } from "./recovery/recover-stack.ts";
import { lookUpOf, openStack } from "./stack.ts";

const usage = `npm run recover -- STACK [--yes]

After a run that was killed: takes its lock away, looks up what it was creating in the cloud, and takes that into the
state, so that the next up goes on and teardown leaves nothing. Shows everything first, and asks.

  --yes   don't ask: for programs; only where no other run can be at work`;

async function confirmed(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question("Is no other run of this stack at work, and shall this be done? [y/N] ");
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function recover(name: string, yes: boolean): Promise<void> {
  const stack = await openStack(name);
  const agree = async (plan: RecoveryPlan) => {
    console.log(describeRecovery(plan).join("\n"));
    return yes || (await confirmed());
  };
  const done = await recoverStack(stack, { lookUp: lookUpOf(stack), agree, cancelUnknown: true });
  console.log(
    done === undefined
      ? "Nothing was changed."
      : `${name} is recovered. Go on with: npm run pulumi -- up --stack ${name}`,
  );
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { yes: { type: "boolean" } } });
const [name] = positionals;
if (name === undefined || positionals.length > 1) {
  console.error(usage);
  process.exit(2);
}
try {
  await recover(name, values.yes === true);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
