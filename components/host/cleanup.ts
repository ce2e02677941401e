import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "./host.ts";

export interface CleanupArgs {
  readonly host: Host;
  /** Where volumes and exports lie on hosts. They outlive the cluster unless `deleteData` is set. */
  readonly dataDirectories: readonly string[];
  /** Deletes the data directories too. Default: false. */
  readonly deleteData?: boolean;
}

const program = "./node_modules/.bin/node components/host/cleanup-session.ts";

/**
 * Undoes what grappe did on a machine: as one resource that is created before every step on it, and so is deleted after all
 * of them. Creating it waits until the machine answers and proves to be the pinned one, and brings our scripts to it; deleting it takes off everything of
 * ours, and skips a machine that is gone. For machines that outlive the stack; an OpenStack instance goes as a whole.
 *
 * The steps of the host must depend on it: put it into the host's `reachableAfter`.
 */
export function hostCleanup(name: string, args: CleanupArgs, opts: pulumi.CustomResourceOptions): local.Command {
  const { host } = args;
  const { connection } = host;
  const session = pulumi
    .all([connection.host, connection.port, connection.user, connection.privateKey, connection.hostKey])
    .apply(([address, port, user, privateKey, hostKey]) =>
      JSON.stringify({
        name: host.name,
        address,
        port: port ?? 22,
        user: user ?? "root",
        privateKey: privateKey ?? "",
        hostKey,
        values: {
          name: host.name,
          privateAddress: host.privateAddress,
          dataDirectories: args.dataDirectories.join(" "),
          deleteData: args.deleteData === true ? "yes" : "no",
        },
      }),
    );
  return new local.Command(
    name,
    {
      create: `${program} reach`,
      delete: `${program} clean`,
      stdin: pulumi.secret(session),
      triggers: [host.identity],
      logging: local.Logging.None,
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(opts, {
      // The former machine's cleanup must not run after the new one's first step.
      deleteBeforeReplace: true,
      additionalSecretOutputs: ["stdout", "stderr"],
      hooks: { afterCreate: [host.scripts.brought] },
    }),
  );
}
