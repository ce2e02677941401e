import { parseSpan } from "../operations/audit/audit-events.ts";
import { exitCodes } from "../operations/errors/exit-codes.ts";
import { UsageError } from "../operations/errors/usage-error.ts";
import { jsonOption, ofStackOrLab, verb } from "./verb.ts";

/** `./grappe audit STACK`. */
export const audit = verb({
  command: "audit [stack]",
  describe: "who changed what in the cluster, and who got into its pods; changes nothing",
  builder: (program) =>
    ofStackOrLab(program)
      .usage(
        `$0 audit <stack> [--since 1h]
$0 audit --lab <name>

Reads the API servers' audit logs, of all servers that answer. Ends with 1 if one doesn't.`,
      )
      .option("since", { describe: "how far back: 30m, 1h, 7d", type: "string", default: "1h" })
      .option("all", {
        describe: "also what was only read, and what the cluster's own programs did",
        type: "boolean",
        default: false,
      })
      .option("json", jsonOption)
      .check(({ stack, lab, since }) => {
        if ((stack === undefined) === (lab === undefined))
          throw new UsageError("Whose audit log? ./grappe audit STACK, or ./grappe audit --lab NAME");
        if (parseSpan(since) === undefined) throw new UsageError(`--since ${since}: give it as 30m, 1h or 7d.`);
        return true;
      }),
  handler: async ({ stack = "", lab, since, all, json }) => {
    const { tellAudit } = await import("../operations/audit/audit.ts");
    const { subjectOf } = await import("./subject.ts");
    const subject = await subjectOf(stack, lab);
    const milliseconds = parseSpan(since) ?? 0;
    const told = await tellAudit(subject, { since: new Date(Date.now() - milliseconds), all, json });
    process.exitCode = told ? exitCodes.done : exitCodes.failed;
  },
});
