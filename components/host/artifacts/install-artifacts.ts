import { join } from "node:path";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host.ts";
import { loadScript } from "../script.ts";
import { runOnHost } from "../step.ts";
import type { ArtifactSource } from "./artifact-source.ts";
import { type ArtifactRequest, incomingFile, installLine, planInstalls } from "./install-plan.ts";

const script = loadScript(import.meta.url, "./install-artifacts.sh");

export interface InstallArtifactsArgs {
  readonly host: Host;
  readonly artifacts: readonly ArtifactRequest[];
  readonly source: ArtifactSource;
  /** What a copy from this computer waits for: its line and processors are shared by all hosts. Default: nothing. */
  readonly copyAfter?: readonly pulumi.Resource[];
}

/**
 * Puts artifacts on a host, verified: downloaded from publishers or mirrors (against the publisher's checksum and the
 * lock), or copied from the bundle on this computer (against its manifest). Both ways end in the same files. What is there
 * already with the right hash is neither downloaded nor written.
 *
 * @returns the step that has installed everything
 * @throws `BundleError` with all that the bundle lacks
 */
export function installArtifacts(
  name: string,
  args: InstallArtifactsArgs,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  const { host, source } = args;
  const installs = planInstalls(source, args.artifacts, host.architecture);
  const copies = installs.flatMap(({ bundled }) => {
    if (bundled === undefined || source.bundle === undefined) return [];
    return new remote.CopyToRemote(
      `${name}-${bundled.file.replaceAll("/", "-")}`,
      {
        connection: host.connection,
        source: new pulumi.asset.FileAsset(join(source.bundle.directory, bundled.file)),
        remotePath: incomingFile(bundled),
        triggers: [host.identity],
      },
      pulumi.mergeOptions(opts, {
        ...(host.machine === undefined ? {} : { deletedWith: host.machine }),
        dependsOn: [...(args.copyAfter ?? [])],
      }),
    );
  });
  return runOnHost(
    name,
    {
      host,
      script,
      values: { artifacts: installs.map(installLine).join("\n") },
      deadlineSeconds: 1800,
      detached: source.bundle === undefined,
    },
    pulumi.mergeOptions(opts, { dependsOn: copies }),
  );
}
