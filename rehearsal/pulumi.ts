import { delimiter, dirname } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { ensurePulumi } from "../runtime/toolchain/tools.ts";

/** The Pulumi CLI in the version of the SDK: found, downloaded or built. */
export async function installedPulumi(): Promise<PulumiCommand> {
  const program = await ensurePulumi();
  process.env.PATH = `${dirname(program)}${delimiter}${process.env.PATH ?? ""}`;
  return PulumiCommand.get();
}
