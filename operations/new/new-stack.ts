import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { UsageError } from "../errors/usage-error.ts";
import { makeStackFolder, stackFolder, writePrivately } from "../stack-backend.ts";
import { chooseBackend } from "./backend-choice.ts";
import { checkStackFile } from "./check-stack-file.ts";
import { createStack, refuseExisting } from "./create-stack.ts";
import type { HostKeyOptions } from "./host-key-confirmation.ts";
import { type EarlierAnswers, Interview, type Person } from "./interview.ts";
import { interviewMachines } from "./machines-interview.ts";
import { machinesStackFile } from "./machines-settings.ts";
import { interviewOpenstack } from "./openstack-interview.ts";
import { openstackStackFile } from "./openstack-settings.ts";

export interface NewStackRequest {
  readonly name: string;
  /** Options, by their names. */
  readonly given: Readonly<Record<string, string | undefined>>;
  readonly hostKeys: HostKeyOptions;
  /** Absent: nobody can be asked. */
  readonly person?: Person;
  readonly write: (line: string) => void;
  /** The project's folder; default: this one. */
  readonly project?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

export interface NewStackResult {
  readonly stack: string;
  readonly file: string;
  readonly backend: string;
}

const ownProject = join(import.meta.dirname, "..", "..");

/** Refuses a name (pure) that can't be that of a stack and all that is named after it. @throws UsageError */
export function checkStackName(name: string): void {
  if (/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) return;
  throw new UsageError(
    `${JSON.stringify(name)} can't be a stack's name. Take up to 40 lower-case letters, digits and inner hyphens, a letter first.`,
  );
}

/**
 * Makes a stack with its settings, asking for what isn't given. Until all is known nothing is written but the answers so far, for the
 * next time.
 *
 * @throws RunError in one sentence with the fix; ExitPromptError when a question is left by Ctrl+C
 */
export async function newStack(request: NewStackRequest): Promise<NewStackResult> {
  const { name, hostKeys, write, project = ownProject, environment = process.env } = request;
  checkStackName(name);
  await refuseExisting(project, name);
  const earlier = await earlierAnswers(name, environment);
  if (request.person !== undefined && Object.keys(earlier).length > 0)
    write(`What you answered the last time is proposed again; Enter takes it.`);
  const interview = new Interview({
    given: request.given,
    person: request.person,
    earlier,
    keep: (answers) => keepAnswers(name, answers, environment),
    write,
  });
  const { text, secrets } = await interviewSite(interview, { name, hostKeys, environment });
  checkStackFile({ stack: name, text, secrets, environment });
  const backend = await chooseBackend(interview, name, environment);
  const file = await createStack({ name, text, secrets, backend, project, write, environment });
  await rm(stackFolder(name, environment).answersFile, { force: true });
  write(`${file} is written, its SSH key encrypted. The state will be in ${backend.url}.`);
  write(`Now: ./grappe up ${name}`);
  return { stack: name, file, backend: backend.url };
}

interface SiteFile {
  readonly text: string;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The kind of site that options speak of, where they do. */
function kindGiven(interview: Interview): string | undefined {
  if (interview.given("addresses") !== undefined) return "machines";
  return interview.given("cloud") === undefined ? undefined : "openstack";
}

interface SiteRequest {
  readonly name: string;
  readonly hostKeys: HostKeyOptions;
  readonly environment: NodeJS.ProcessEnv;
}

async function interviewSite(interview: Interview, { name, hostKeys, environment }: SiteRequest): Promise<SiteFile> {
  const kind = interview.given("kind") === undefined ? kindGiven(interview) : undefined;
  const chosen =
    kind ??
    (await interview.ask({
      option: "kind",
      message: "Where the machines come from",
      choices: [
        { value: "machines", name: "machines that are there: Raspberry Pis, servers" },
        { value: "openstack", name: "an OpenStack project" },
      ],
      read: (text) => {
        if (text === "machines" || text === "openstack") return text;
        throw new RunError(`${text} is no kind of site. Take machines or openstack.`);
      },
    }));
  if (chosen === "machines") {
    const { plan, secrets } = await interviewMachines(interview, name, hostKeys);
    return { text: machinesStackFile(plan), secrets };
  }
  const { plan, secrets } = await interviewOpenstack(interview, name, environment);
  return { text: openstackStackFile(plan), secrets };
}

async function earlierAnswers(name: string, environment: NodeJS.ProcessEnv): Promise<EarlierAnswers> {
  const text = await readFile(stackFolder(name, environment).answersFile, "utf8").catch(() => "{}");
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch {
    return {};
  }
}

async function keepAnswers(name: string, answers: EarlierAnswers, environment: NodeJS.ProcessEnv): Promise<void> {
  const { answersFile } = await makeStackFolder(name, environment);
  await writePrivately(answersFile, `${JSON.stringify(answers, undefined, 2)}\n`);
}
