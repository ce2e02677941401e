import { jsonOption, stackArgument, verb, yesOption } from "./verb.ts";

/** `./grappe up STACK`. */
export const up = verb({
  command: "up <stack>",
  describe: "make it as the settings say: shows what would change, asks, and does it",
  builder: (program) =>
    program
      .positional("stack", stackArgument)
      .option("yes", yesOption)
      .option("diff", { describe: "show every property that changes", type: "boolean", default: false })
      .option("json", jsonOption),
  handler: async ({ stack, yes, diff, json }) => {
    const { upStack } = await import("../operations/up-stack.ts");
    await upStack({ name: stack, yes, diff, json });
  },
});
