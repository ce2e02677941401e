import { UsageError } from "../operations/errors/usage-error.ts";
import { ofStackOrLab, verb, yesOption } from "./verb.ts";

/** `./grappe restore STACK`. */
export const restore = verb({
  command: "restore [stack]",
  describe: "bring etcd back from a snapshot, when most servers are lost or what was deleted is wanted back",
  builder: (program) =>
    ofStackOrLab(program)
      .usage(
        `$0 restore <stack>
$0 restore --lab <name>

Lists the snapshots of etcd on the servers' disks and in S3, says what would be lost and which server gets which, and asks.
Then one server is restored, and the others that answer join it anew; applications' pods run on. Cut off, the same command goes on.`,
      )
      .option("snapshot", {
        describe: "name as it is listed, of a snapshot or of a server's own data, or latest; default: latest",
        type: "string",
        requiresArg: true,
      })
      .option("overwrite-living", {
        describe: "also where the cluster lives: all that was changed since the snapshot is lost",
        type: "boolean",
        default: false,
      })
      .option("yes", yesOption)
      .check(({ stack, lab }) => {
        if ((stack === undefined) === (lab === undefined))
          throw new UsageError("Restore what? ./grappe restore STACK, or ./grappe restore --lab NAME");
        return true;
      }),
  handler: async ({ stack = "", lab, snapshot, overwriteLiving, yes }) => {
    const { subjectOf } = await import("./subject.ts");
    const { restoreStack } = await import("../operations/restore/restore.ts");
    const subject = await subjectOf(stack, lab);
    const write = (line: string) => process.stdout.write(`${line}\n`);
    await restoreStack(subject, { ...(snapshot && { snapshot }), overwriteLiving, yes, write });
  },
});
