import { defaultBundle } from "../lab/stack/lab-folder.ts";
import { UsageError } from "../operations/errors/usage-error.ts";
import { verb } from "./verb.ts";

/** Options of all that brings things up on this computer. */
export const bundleOption = {
  describe: "the bundle that everything is installed from; made if missing",
  type: "string",
  default: defaultBundle,
  defaultDescription: ".grappe/bundle",
} as const;

export const providersOption = {
  describe: "Pulumi's plugins, or ours (default: Pulumi's where they can be had)",
  choices: ["official", "live"],
} as const;

/** `./grappe lab [up|hosts|logins|down]`. */
export const lab = verb({
  command: "lab [action]",
  describe: "a real cluster on this computer: hosts, Kubernetes and applications on them",
  builder: (program) =>
    program
      .positional("action", {
        describe: "hosts: only them, without Kubernetes; logins: who can log in to the shop",
        choices: ["up", "hosts", "logins", "down"] as const,
        default: "up" as const,
      })
      .option("servers", {
        describe: "control plane nodes: 1, or an odd number for high availability",
        type: "number",
        default: 1,
      })
      .option("agents", { describe: "nodes for workloads only", type: "number", default: 2 })
      .option("name", { describe: "another lab beside the default one", type: "string", default: "lab" })
      .option("machines", {
        describe: "what the hosts are: containers, or machines with kernels of their own (User Mode Linux)",
        choices: ["container", "own-kernel"] as const,
        default: "container" as const,
      })
      .option("small", {
        describe: "Kubernetes with two small applications, without the platform's parts and Odoo",
        type: "boolean",
        default: false,
      })
      .option("charts", {
        describe:
          "folder with published charts, packed (*.tgz) or unpacked, which take the place of those in the bundle",
        type: "string",
      })
      .option("bundle", bundleOption)
      .option("providers", providersOption)
      .check(({ servers, agents }) => {
        if (!Number.isInteger(servers) || servers < 1)
          throw new UsageError(`--servers ${servers}: it must be 1 or more.`);
        if (!Number.isInteger(agents) || agents < 0) throw new UsageError(`--agents ${agents}: it must be 0 or more.`);
        return true;
      }),
  handler: async ({ action, servers, agents, name, machines, small, charts, bundle, providers }) => {
    const { bringUpHosts, bringUpLab, removeLab } = await import("../lab/lab.ts");
    const size = { servers, agents };
    if (action === "down") await removeLab(name);
    else if (action === "logins") await (await import("../lab/logins.ts")).tellLogins(name);
    else if (action === "hosts") await bringUpHosts({ name, size, machines, small });
    else await bringUpLab({ name, size, machines, small, charts, bundle, choice: providers });
  },
});
