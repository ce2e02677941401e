import { enableCompileCache } from "node:module";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { compileCache, defaultBundle } from "../../stack/lab-folder.ts";
import type { Phase } from "../../stack/lab-stack.ts";

// All else is imported after this.
enableCompileCache(compileCache);

const help = `Runs the stack of Pulumi.cloud.yaml on the OpenStack of this computer (npm run cloud).

  npm run cloud:stack -- up|preview|refresh|destroy [options]

  --bundle DIR             the bundle that everything is installed from (default: .grappe/bundle; made if missing)
  --providers official|live   Pulumi's plugins, or ours (default: Pulumi's where they can be had)
`;

const options = {
  bundle: { type: "string", default: defaultBundle },
  providers: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

const write = (line: string): unknown => process.stdout.write(`${line}\n`);

function phaseOf(text: string | undefined): Phase {
  if (text === "up" || text === "preview" || text === "refresh" || text === "destroy") return text;
  throw new Error(`${text ?? "nothing"} to do: it must be up, preview, refresh or destroy.`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const phase = phaseOf(positionals[0]);
  const { ensureBundle, keepKubeconfig, outputsOf } = await import("../../bring-up.ts");
  const { parseProviderChoice } = await import("../../providers/choose-providers.ts");
  const { describeChanges } = await import("../../stack/lab-stack.ts");
  const { cloudSettings, openCloudStack } = await import("./cloud-stack.ts");
  const bundle = resolve(values.bundle);
  await ensureBundle(bundle, write);
  const { stack, providers } = await openCloudStack({ choice: parseProviderChoice(values.providers), write });
  try {
    write(`providers: ${providers}`);
    await stack.configure(await cloudSettings(bundle));
    if (phase === "destroy") await stack.refuseForeign();
    const result = await stack.run(phase);
    write(`\n${phase}: ${describeChanges(result.changes)} in ${result.seconds.toFixed(1)} s`);
    if (phase !== "up") return;
    await keepKubeconfig(stack, outputsOf(result));
    write(`kubectl: KUBECONFIG=${stack.folder.kubeconfig}`);
  } finally {
    stack.close();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`cloud: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
