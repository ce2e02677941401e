import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { openStack } from "./stack.ts";
import { tearDownStack } from "./tear-down-stack.ts";

const usage = `npm run teardown -- STACK [--yes] [--remove]

Shows what would be destroyed, asks for the stack's name, and destroys it. Works also when the cluster or a host is gone, and
after a run that was killed: what that one left is looked up first, and goes, too. Where ports of others stand on the stack's
networks nothing is destroyed, and they are named.
On machines, volumes' data stays on the disks (/var/lib/grappe/volumes, the NFS export); delete it there yourself.

  --yes      don't ask: for programs
  --remove   afterwards remove the stack's history and its settings' encryption, too`;

async function confirmed(name: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`This destroys the stack ${name}. Write its name to go on: `);
  terminal.close();
  return answer.trim() === name;
}

async function teardown(name: string, { yes, remove }: { yes?: boolean; remove?: boolean }): Promise<void> {
  await tearDownStack(await openStack(name), {
    confirm: async () => yes === true || (await confirmed(name)),
    write: (text) => process.stdout.write(text),
    remove: remove === true,
  });
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
try {
  await teardown(name, values);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
