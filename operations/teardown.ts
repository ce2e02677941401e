import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { openStack } from "./stack.ts";

const usage = `npm run teardown -- STACK [--yes] [--remove]

Shows what would be destroyed, asks for the stack's name, and destroys it. Works also when the cluster or a host is gone.
On machines, volumes' data stays on the disks (/var/lib/grappe/volumes, the NFS export); delete it there yourself.

  --yes      don't ask: for programs
  --remove   afterwards remove the stack's history and its settings' encryption, too`;

async function confirmed(name: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`This destroys the stack ${name}. Write its name to go on: `);
  terminal.close();
  return answer.trim() === name;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { yes: { type: "boolean" }, remove: { type: "boolean" } },
});
const [name] = positionals;
if (name === undefined || positionals.length > 1) {
  console.error(usage);
  process.exit(2);
}
const stack = await openStack(name);
const onOutput = (text: string) => process.stdout.write(text);
await stack.destroy({ previewOnly: true, onOutput });
if (!values.yes && !(await confirmed(name))) {
  console.error("Not destroyed.");
  process.exit(1);
}
await stack.destroy({ onOutput });
if (values.remove) await stack.workspace.removeStack(name);
