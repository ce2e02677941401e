import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { RunError } from "@pulumi/pulumi/errors.js";
import { UsageError } from "../errors/usage-error.ts";
import { recallBackend, stackFolder } from "../stack-backend.ts";
import type { Interview } from "./interview.ts";
import { expandHome } from "./ssh-private-key.ts";

/** Where a new stack's state will be, and how its secrets are encrypted. */
export interface ChosenBackend {
  readonly url: string;
  /** A file of ours holds the passphrase; else the environment does, or the backend encrypts by itself. */
  readonly ownPassphrase: boolean;
}

export const pulumiCloud = "https://api.pulumi.com";

const schemes = /^(file|s3|gs|azblob|https?):\/\//;
const isService = (url: string) => /^https?:/.test(url);

/** The URL (pure) that an answer means: `local`, `cloud`, a folder, or a URL as it is. @throws RunError */
export function backendUrl(text: string, localState: string): string {
  const given = text.trim();
  if (given === "local") return pathToFileURL(localState).href;
  if (given === "cloud") return pulumiCloud;
  if (schemes.test(given)) return given;
  if (/^[/~.]/.test(given)) return pathToFileURL(resolve(expandHome(given))).href;
  throw new RunError(
    `${given} is no backend. Write local, cloud, a folder, or a URL such as s3://bucket, gs://bucket, azblob://container.`,
  );
}

/**
 * Where the state will be: `--local`, `--backend`, what the environment says, or what a person chooses.
 *
 * @throws UsageError where they contradict each other
 */
export async function chooseBackend(
  interview: Interview,
  stack: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ChosenBackend> {
  const { state, backendFile } = stackFolder(stack, environment);
  const read = (text: string) => backendUrl(text, state);
  const fromEnvironment = environment.PULUMI_BACKEND_URL;
  const isGiven = interview.given("backend") !== undefined;
  const url =
    fromEnvironment !== undefined && fromEnvironment !== "" && !isGiven
      ? fromEnvironment
      : await interview.ask({
          option: "backend",
          message: "Where Pulumi keeps the stack's state",
          choices: [
            { value: "local", name: `this computer: ${state}, secrets encrypted by a passphrase beside it` },
            { value: "cloud", name: "Pulumi Cloud, by your account" },
            { value: "bucket", name: "a bucket or another folder" },
          ],
          read: (text) => (text === "bucket" ? "" : read(text)),
        });
  const chosen = url === "" ? await askBucket(interview, read) : url;
  if (fromEnvironment !== undefined && fromEnvironment !== "" && chosen !== fromEnvironment)
    throw new UsageError(
      `--backend: the environment's PULUMI_BACKEND_URL is ${fromEnvironment}, and would win over ${chosen} at every command. Unset it, or take the same.`,
    );
  const remembered = await recallBackend(stack, environment);
  if (remembered !== undefined && remembered.backend !== chosen)
    throw new RunError(
      `Stack ${stack} is known on this computer already, with its state in ${remembered.backend}. Take another name; or, if that stack is gone, remove ${backendFile}.`,
    );
  const hasPassphrase =
    environment.PULUMI_CONFIG_PASSPHRASE !== undefined || (environment.PULUMI_CONFIG_PASSPHRASE_FILE ?? "") !== "";
  return { url: chosen, ownPassphrase: !isService(chosen) && !hasPassphrase };
}

async function askBucket(interview: Interview, read: (text: string) => string): Promise<string> {
  return await interview.ask({
    option: "bucket",
    message: "URL of the bucket (s3://…, gs://…, azblob://…), or a folder",
    read: (text) => {
      if (!/^(local|cloud)$/.test(text.trim())) return read(text);
      throw new RunError("Write a URL or a folder.");
    },
  });
}
