import { exitCodes } from "../operations/errors/exit-codes.ts";
import { verb } from "./verb.ts";

/** `./grappe check [STACK…]`. */
export const check = verb({
  command: "check [stacks..]",
  describe: "read settings and say all that is wrong with them; reaches nothing (default: every stack)",
  builder: (program) => program.positional("stacks", { type: "string", array: true, default: [] as string[] }),
  handler: async ({ stacks }) => {
    const { checkStacks } = await import("../operations/check-stacks.ts");
    process.exitCode = (await checkStacks(stacks)) ? exitCodes.done : exitCodes.refused;
  },
});
