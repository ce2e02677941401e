import { stackArgument, verb, yesOption } from "./verb.ts";

/** `./grappe refresh STACK`. */
export const refresh = verb({
  command: "refresh <stack>",
  describe: "compare the state with what is really there, and take that over",
  builder: (program) => program.positional("stack", stackArgument).option("yes", yesOption),
  handler: async ({ stack: name, yes }) => {
    const { withStack } = await import("../operations/stack.ts");
    const { runStack } = await import("../operations/run-stack.ts");
    const { refuseUnless } = await import("../operations/ask.ts");
    await withStack(name, async ({ stack }) => {
      if (!yes) {
        await stack.refresh({ previewOnly: true, onOutput: (text) => process.stdout.write(text) });
        await refuseUnless(`Take this over into the state of ${name}?`);
      }
      await runStack({ stack, phase: "refresh", write: (line) => process.stdout.write(`${line}\n`) });
    });
  },
});
