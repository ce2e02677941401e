import { exitCodes } from "../operations/errors/exit-codes.ts";
import { UsageError } from "../operations/errors/usage-error.ts";
import { jsonOption, ofStackOrLab, verb } from "./verb.ts";

/** `./grappe status STACK`. */
export const status = verb({
  command: "status [stack]",
  describe:
    "how it is: nodes, versions, addresses, certificates, snapshots, and what isn't as declared; changes nothing",
  builder: (program) =>
    ofStackOrLab(program)
      .usage(
        `$0 status <stack>
$0 status --lab <name>

Takes seconds, also where the cluster doesn't answer. Ends with 0 if all is as declared, else with 1.`,
      )
      .option("json", jsonOption)
      .check(({ stack, lab }) => {
        if ((stack === undefined) === (lab === undefined))
          throw new UsageError("Whose status? ./grappe status STACK, or ./grappe status --lab NAME");
        return true;
      }),
  handler: async ({ stack = "", lab, json }) => {
    const { tellStatus } = await import("../operations/status/status.ts");
    const { subjectOf } = await import("./subject.ts");
    const subject = await subjectOf(stack, lab);
    process.exitCode = (await tellStatus(subject, json)) ? exitCodes.done : exitCodes.failed;
  },
});
