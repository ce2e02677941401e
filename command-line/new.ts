import { jsonOption, stackArgument, verb } from "./verb.ts";

/** Options whose text answers the question of the same name. */
const answers = {
  kind: { describe: "machines, or openstack", choices: ["machines", "openstack"] },
  addresses: { describe: "machines: 192.168.1.11-16, lists with commas, names; ADDRESS:PORT for another SSH port" },
  servers: { describe: "how many are servers (1, 3, 5 or 7), or which ones" },
  agents: { describe: "machines: those that are agents; openstack: how many" },
  user: { describe: "user who logs in over SSH, with sudo without a password" },
  key: { describe: "file of the SSH private key that logs in" },
  network: { describe: "machines: network that the nodes talk on; openstack: the network to make, as a CIDR" },
  "dhcp-range": { describe: "machines: what the network's DHCP server gives out, or none" },
  "api-address": { describe: "machines: free address for the Kubernetes API, or none" },
  pool: { describe: "machines: free addresses for Services of type LoadBalancer, or none" },
  cloud: { describe: "openstack: entry of clouds.yaml" },
  "external-network": { describe: "openstack: the provider's network that leads out" },
  flavor: { describe: "openstack: flavor of servers and agents" },
  "bastion-flavor": { describe: "openstack: flavor of the bastion" },
  image: { describe: "openstack: image with cloud-init, Debian or Ubuntu" },
  "admin-cidrs": { describe: "openstack: networks that administrators connect from, with commas" },
  distribution: { describe: "k3s, or kubeadm" },
  apps: { describe: "applications, with commas, or none" },
  host: { describe: "openstack: public name of Odoo" },
  bundle: { describe: "folder that everything is installed from (./grappe bundle); default: the publishers" },
  backend: { describe: "where the state is kept: local, cloud (Pulumi's), a folder, or a URL such as s3://bucket" },
} as const;

const text = { type: "string", requiresArg: true } as const;
type Answers = { readonly [Option in keyof typeof answers]?: string };

/** `./grappe new NAME`. */
export const newVerb = verb({
  command: "new <stack>",
  describe: "make a stack: asks for machines or OpenStack, reads what is there, writes the settings",
  builder: (program) => {
    const asked = Object.entries(answers).reduce(
      (all, [name, option]) => all.option(name, { ...text, ...option }),
      program,
    );
    return asked
      .usage(
        "$0 new <stack>\n\nAsks for whatever no option says; a program gives options. Nothing is written before all is known.",
      )
      .positional("stack", stackArgument)
      .option("host-key", {
        describe: "ADDRESS=SHA256:…: the host key that a machine must show; again for each",
        type: "string",
        array: true,
        requiresArg: true,
        default: [] as string[],
      })
      .option("accept-host-keys", {
        describe: "take the host keys as they are shown: only on a network that you trust",
        type: "boolean",
        default: false,
      })
      .option("local", { describe: "--backend local", type: "boolean", default: false })
      .conflicts("local", "backend")
      .option("json", jsonOption);
  },
  handler: async (parameters) => {
    const { newFromCommandLine } = await import("../operations/new/from-command-line.ts");
    const { stack, hostKey, acceptHostKeys, local, json } = parameters;
    const given: Answers = Object.fromEntries(
      Object.keys(answers).map((name) => [name, Reflect.get(parameters, name)]),
    );
    await newFromCommandLine({
      name: stack,
      given: local ? { ...given, backend: "local" } : given,
      hostKeys: { expected: hostKey, acceptAll: acceptHostKeys },
      json,
    });
  },
});
