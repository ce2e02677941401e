import { stackArgument, verb, yesOption } from "./verb.ts";

/** `./grappe recover STACK`. */
export const recover = verb({
  command: "recover <stack>",
  describe: "go on after a run that was killed",
  builder: (program) =>
    program
      .usage(
        `$0 recover <stack>

After a run that was killed: takes its lock away, looks up what it was creating in the cloud, and takes that into the
state, so that the next up goes on and teardown leaves nothing. Shows everything first, and asks.`,
      )
      .positional("stack", stackArgument)
      .option("yes", { ...yesOption, describe: "don't ask: for programs; only where no other run can be at work" }),
  handler: async ({ stack, yes }) => {
    const { recoverByName } = await import("../operations/recover-stack.ts");
    await recoverByName(stack, yes);
  },
});
