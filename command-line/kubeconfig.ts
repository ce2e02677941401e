import { assertAsked, secondsOf } from "../operations/kubeconfig/asked.ts";
import { verb } from "./verb.ts";

/** `./grappe kubeconfig STACK`. */
export const kubeconfig = verb({
  command: "kubeconfig [stack]",
  describe: "give a person a kubeconfig of their own, for hours: ./grappe kubeconfig pi --user anna --role view",
  builder: (program) =>
    program
      .usage(
        `$0 kubeconfig <stack> --user anna [--role view] [--hours 8] [--namespace odoo] [--output FILE]
$0 kubeconfig <stack> --revoke anna
$0 kubeconfig --lab <name> --user anna

Prints it on standard output, private key and all, or writes it to a file that its owner alone reads.`,
      )
      .positional("stack", { describe: "name of the stack: its settings are in Pulumi.<stack>.yaml", type: "string" })
      .option("lab", { describe: "the lab of this name instead (./grappe lab --name)", type: "string" })
      .option("user", { describe: "who: the name that the audit log shows", type: "string" })
      .option("role", {
        describe: "what they may: view, edit, admin, cluster-admin, or another ClusterRole (default: view)",
        type: "string",
      })
      .option("hours", { describe: "for how long, up to 24 (default: 8)", type: "number" })
      .option("namespace", { describe: "where alone they may (default: everywhere)", type: "string" })
      .option("output", { describe: "the file to write, in place of standard output", type: "string" })
      .option("revoke", { describe: "take from this person all that they were given", type: "string" })
      .check((asked) => {
        assertAsked(asked);
        return true;
      }),
  handler: async ({ stack = "", lab, user = "", role = "view", hours = 8, namespace, output, revoke }) => {
    const { administratorOf, giveKubeconfig, revokeKubeconfigs } = await import(
      "../operations/kubeconfig/kubeconfig.ts"
    );
    const { contextOf } = await import("../operations/kubeconfig/own-kubeconfig.ts");
    const { assertOwnFile, writeOwnFile } = await import("../operations/kubeconfig/output-file.ts");
    const { subjectOf } = await import("./subject.ts");
    const administrator = await administratorOf(await subjectOf(stack, lab));
    if (revoke !== undefined) {
      const count = await revokeKubeconfigs(administrator, revoke);
      process.stderr.write(`${revoke}: ${count === 0 ? "had nothing" : "may nothing any more"}\n`);
      return;
    }
    if (output !== undefined) await assertOwnFile(output, contextOf(user, administrator.label));
    const given = await giveKubeconfig(administrator, { user, role, namespace }, secondsOf(hours));
    if (output === undefined) process.stdout.write(given.kubeconfig);
    else await writeOwnFile(output, given.kubeconfig);
    const where = namespace === undefined ? "everywhere" : `in ${namespace}`;
    process.stderr.write(`${user}: ${role} ${where} until ${given.until.toISOString().slice(0, 16)}Z\n`);
  },
});
