import { exitCodes } from "../operations/errors/exit-codes.ts";
import { jsonOption, number, text, verb } from "./verb.ts";

/** `./grappe rehearse STACK`. */
export const rehearse = verb({
  command: "rehearse <stack>",
  describe: "the whole life of a stack under the real engine, with nothing real touched",
  builder: (program) =>
    program
      .positional("stack", { describe: "name of the stack", type: "string", demandOption: true })
      .options({
        settings: text("rehearse this file instead of Pulumi.<stack>.yaml"),
        change: text("move to a second file once the first one stands"),
        agents: number("with so many agents"),
        fail: text("the first operation whose URN matches this expression fails"),
        "give-up": text('OpenStack gives up the build or resize of the first operation ("create URN") that matches'),
        "kill-at": number("the engine is killed at its N-th provider operation"),
        graph: text("draw dependency graph and timeline of the first up into FILE.svg"),
      })
      .option("json", jsonOption),
  handler: async (request) => {
    const { rehearseStack } = await import("../rehearsal/rehearse.ts");
    process.exitCode = (await rehearseStack(request)) ? exitCodes.done : exitCodes.failed;
  },
});
