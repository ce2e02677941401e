import { AsyncLocalStorage } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { SettingsError } from "../problem.ts";
import type { Settings } from "../settings.ts";
import { lastingChoices, lastingProblems, madeWith } from "./made-with.ts";

/** What the state holds of the resource; an older program's may hold other keys, and none is judged that isn't known. */
const remembered = z.object({ input: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) });

/**
 * Remembers in the state what the stack is made with, and refuses a choice that what was made can't take: in previews, too, and
 * before any other resource is registered. It is the first of the program, and what comes after has to wait for it.
 *
 * A Stash has no provider and no effect; its old inputs are what was remembered. They are replaced only where all was well.
 */
export async function refuseLastingChanges(settings: Settings): Promise<void> {
  const choices = lastingChoices(settings);
  // The engine calls hooks from outside of the program; the SDK finds its way to the engine by the program's own context.
  const inProgram = AsyncLocalStorage.snapshot();
  const judge = new pulumi.ResourceHook(
    "lasting-choices",
    ({ oldInputs }) =>
      inProgram(async () => {
        const made = remembered.parse(oldInputs).input;
        if (lastingProblems(choices, made).length === 0) return;
        const problems = lastingProblems(choices, made, await standingResources());
        if (problems.length > 0) throw new SettingsError(settings.stack, problems);
      }),
    { onDryRun: true },
  );
  const made = new pulumi.Stash("made-with", { input: madeWith(choices) }, { hooks: { beforeUpdate: [judge] } });
  await new Promise((resolve) => made.urn.apply(resolve));
}

const resourcesInState = z.object({ outputs: z.record(z.string(), z.looseObject({ type: z.string() })) });

/**
 * What the state holds, as `type::name`: what the last runs made, a failed one's part included. The engine tells it of any stack
 * (`readStackResourceOutputs` in pulumi's pkg/resource/deploy/builtins.go).
 */
async function standingResources(): Promise<readonly string[]> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const answer: unknown = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  const { outputs } = resourcesInState.parse(answer);
  return Object.entries(outputs).map(([urn, { type }]) => `${type}::${urn.split("::").slice(3).join("::")}`);
}
