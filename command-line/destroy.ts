import { stackArgument, verb, yesOption } from "./verb.ts";

/** `./grappe destroy STACK`: the teardown, but the stack itself and its settings stay. */
export const destroy = verb({
  command: "destroy <stack>",
  describe: "destroy all that the stack has made; the stack and its settings stay",
  builder: (program) => program.positional("stack", stackArgument).option("yes", yesOption),
  handler: async ({ stack, yes }) => {
    const { destroyByName } = await import("../operations/tear-down-stack.ts");
    await destroyByName(stack, { yes, remove: false });
  },
});
