import { exitCodes } from "../operations/errors/exit-codes.ts";
import { jsonOption, verb } from "./verb.ts";

/** `./grappe rehearse STACK`. */
export const rehearse = verb({
  command: "rehearse <stack>",
  describe: "the whole life of a stack under the real engine, with nothing real touched",
  builder: (program) =>
    program
      .positional("stack", { describe: "name of the stack", type: "string", demandOption: true })
      .option("settings", { describe: "rehearse this file instead of Pulumi.<stack>.yaml", type: "string" })
      .option("change", { describe: "move to a second file once the first one stands", type: "string" })
      .option("agents", { describe: "with so many agents", type: "number" })
      .option("fail", { describe: "the first operation whose URN matches this expression fails", type: "string" })
      .option("give-up", {
        describe: 'OpenStack gives up the build or resize of the first operation ("create URN") that matches',
        type: "string",
      })
      .option("kill-at", { describe: "the engine is killed at its N-th provider operation", type: "number" })
      .option("graph", { describe: "draw dependency graph and timeline of the first up into FILE.svg", type: "string" })
      .option("json", jsonOption),
  handler: async (request) => {
    const { rehearseStack } = await import("../rehearsal/rehearse.ts");
    process.exitCode = (await rehearseStack(request)) ? exitCodes.done : exitCodes.failed;
  },
});
