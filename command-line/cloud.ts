import { bundleOption, providersOption } from "./lab.ts";
import { verb } from "./verb.ts";

/** `./grappe cloud [start|stop|up|preview|refresh|destroy]`. */
export const cloud = verb({
  command: "cloud [action]",
  describe: "a real OpenStack on this computer, and the stack of Pulumi.cloud.yaml on it",
  builder: (program) =>
    program
      .usage(
        `$0 cloud [action]

  start                          makes sure that an OpenStack runs on this computer, and ends with its credentials (default)
  up|preview|refresh|destroy     runs the stack of Pulumi.cloud.yaml on it
  stop                           takes it away with everything on it`,
      )
      .positional("action", {
        choices: ["start", "up", "preview", "refresh", "destroy", "stop"] as const,
        default: "start" as const,
      })
      .option("bundle", bundleOption)
      .option("providers", providersOption),
  handler: async ({ action, bundle, providers }) => {
    if (action === "start") {
      const { bringUpCloud } = await import("../lab/cloud/cloud.ts");
      await bringUpCloud();
    } else if (action === "stop") {
      const { removeCloud } = await import("../lab/cloud/host/cloud-host.ts");
      await removeCloud();
    } else {
      const { runCloudStack } = await import("../lab/cloud/stack/run-cloud-stack.ts");
      await runCloudStack(action, { bundle, choice: providers });
    }
  },
});
