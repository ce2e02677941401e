import { enableCompileCache } from "node:module";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { compileCache, defaultBundle } from "./stack/lab-folder.ts";

// All else is imported after this.
enableCompileCache(compileCache);

const help = `Brings up a real cluster on this computer: hosts in containers, Kubernetes and applications on them.

  npm run lab -- [options]

  --servers N              control plane nodes: 1 (default) or an odd number for high availability
  --agents N               nodes for workloads only (default: 2)
  --name NAME              another lab beside the default one (default: lab)
  --bundle DIR             the bundle that everything is installed from (default: .grappe/bundle; made if missing)
  --providers official|live   Pulumi's plugins, or ours (default: Pulumi's where they can be had)

npm run lab:down takes it all away.
`;

const options = {
  servers: { type: "string", default: "1" },
  agents: { type: "string", default: "2" },
  name: { type: "string", default: "lab" },
  bundle: { type: "string", default: defaultBundle },
  providers: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

const write = (line: string): unknown => process.stdout.write(`${line}\n`);

function count(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`--${option} ${text}: it must be ${least} or more.`);
  return value;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const { describeChanges } = await import("./stack/lab-stack.ts");
  const { answerOf, ensureBundle, keepKubeconfig, outputsOf, prepareLab } = await import("./bring-up.ts");
  const { parseProviderChoice } = await import("./providers/choose-providers.ts");
  const size = { servers: count("servers", values.servers, 1), agents: count("agents", values.agents, 0) };
  const bundle = resolve(values.bundle);
  await ensureBundle(bundle, write);
  const choice = parseProviderChoice(values.providers);
  const stack = await prepareLab({ lab: values.name, size, bundle, choice, write });
  try {
    write(`providers: ${stack.providers.described}`);
    const result = await stack.run("up");
    const outputs = outputsOf(result);
    await keepKubeconfig(stack, outputs);
    const changes = describeChanges(result.changes);
    write(`\n${size.servers + size.agents} nodes are Ready; ${changes} in ${result.seconds.toFixed(1)} s`);
    for (const [application, [address]] of Object.entries(outputs.urls)) {
      if (address === undefined) continue;
      const request = application === "calculator" ? new URL("/sum?a=2&b=3", address).href : address;
      write(`${application}: ${request} answers ${await answerOf(request, 30)}`);
    }
    write(`kubectl: KUBECONFIG=${stack.folder.kubeconfig}`);
    write(`total: ${(performance.now() / 1_000).toFixed(1)} s`);
  } finally {
    stack.close();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
