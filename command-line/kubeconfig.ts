import { assertAsked, secondsOf } from "../operations/kubeconfig/asked.ts";
import { number, ofStackOrLab, text, verb } from "./verb.ts";

/** `./grappe kubeconfig STACK`. */
export const kubeconfig = verb({
  command: "kubeconfig [stack]",
  describe: "give a person a kubeconfig of their own, for hours: ./grappe kubeconfig pi --user anna --role view",
  builder: (program) =>
    ofStackOrLab(program)
      .usage(
        `$0 kubeconfig <stack> --user anna [--role view] [--hours 8] [--namespace odoo] [--output FILE]
$0 kubeconfig <stack> --revoke anna
$0 kubeconfig --lab <name> --user anna

Prints it on standard output, private key and all, or writes it to a file that its owner alone reads.`,
      )
      .options({
        user: text("who: the name that the audit log shows"),
        role: text("what they may: view, edit, admin, cluster-admin, or another ClusterRole (default: view)"),
        hours: number("for how long, up to 24 (default: 8)"),
        namespace: text("where alone they may (default: everywhere)"),
        output: text("the file to write, in place of standard output"),
        revoke: text("take from this person all that they were given"),
      })
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
