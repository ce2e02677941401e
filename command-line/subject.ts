import { RunError } from "@pulumi/pulumi/errors.js";
import { labFolderIfThere } from "../lab/stack/lab-folder.ts";
import { stackOfFolder } from "../operations/status/stack-to-read.ts";
import { ofStack, type Subject } from "../operations/status/status.ts";

/** The lab of this name: bringing it up again mends all of it. @throws RunError if there is no such lab */
async function ofLab(lab: string): Promise<Subject> {
  const up = lab === "lab" ? "./grappe lab" : `./grappe lab --name ${lab}`;
  const folder = await labFolderIfThere(lab);
  if (folder === undefined) throw new RunError(`${lab}: There is no such lab on this computer. Fix: ${up}`);
  const commands = { up, refresh: up, recover: up, check: "./grappe check lab" };
  return { stack: await stackOfFolder(folder, "lab"), label: `lab ${lab}`, commands };
}

/** Whom a verb is about: the lab where one is named, else the stack. */
export async function subjectOf(stack: string, lab: string | undefined): Promise<Subject> {
  return lab === undefined ? await ofStack(stack) : await ofLab(lab);
}
