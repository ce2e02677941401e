import { jsonOption, verb } from "./verb.ts";

/** `./grappe output [KEY] STACK`. */
export const output = verb({
  command: "output <key-or-stack> [stack]",
  describe: "print a stack's outputs, or one as it is: ./grappe output kubeconfig pi > kubeconfig",
  builder: (program) =>
    program
      .usage("$0 output <stack>\n$0 output <key> <stack>\n\nPrints all outputs, or one as it is, secret or not.")
      .positional("key-or-stack", { type: "string", demandOption: true })
      .positional("stack", { type: "string" })
      .option("show-secrets", { describe: "with all outputs: secret ones, too", type: "boolean", default: false })
      .option("json", jsonOption),
  handler: async ({ keyOrStack, stack, showSecrets, json }) => {
    const { openStackToRead } = await import("../operations/stack.ts");
    const { describeOutputs, outputLines, plainOutput } = await import("../operations/outputs.ts");
    if (stack !== undefined) {
      const text = plainOutput(await (await openStackToRead(stack)).outputs(), keyOrStack);
      process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
      return;
    }
    const described = describeOutputs(await (await openStackToRead(keyOrStack)).outputs(), showSecrets);
    process.stdout.write(json ? `${JSON.stringify(described)}\n` : `${outputLines(described).join("\n")}\n`);
  },
});
