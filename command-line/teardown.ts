import { stackArgument, verb, yesOption } from "./verb.ts";

/** `./grappe teardown STACK`. */
export const teardown = verb({
  command: "teardown <stack>",
  describe: "destroy all that the stack has made, and with --remove the stack, too",
  builder: (program) =>
    program
      .usage(
        `$0 teardown <stack>

Shows what would be destroyed, asks for the stack's name, and destroys it. Works also when the cluster or a host is gone, and
after a run that was killed: what that one left is looked up first, and goes, too. Where ports of others stand on the stack's
networks nothing is destroyed, and they are named.
On machines, volumes' data stays on the disks (/var/lib/grappe/volumes, the NFS export); delete it there yourself.`,
      )
      .positional("stack", stackArgument)
      .option("yes", yesOption)
      .option("remove", {
        describe: "afterwards remove the stack's history and its settings' encryption, too",
        type: "boolean",
        default: false,
      }),
  handler: async ({ stack, yes, remove }) => {
    const { destroyByName } = await import("../operations/tear-down-stack.ts");
    await destroyByName(stack, { yes, remove });
  },
});
