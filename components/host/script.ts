import { readFileSync } from "node:fs";

/** A shell script of ours, as it is sent to a host. */
export interface Script {
  /** What it does, from its header line `# grappe-step: <kind>`. */
  readonly kind: string;
  /** The command for SSH: bash as root with the script as its argument; stdin stays free for the values. */
  readonly command: string;
}

/**
 * Reads the script that lies beside the module that sends it.
 *
 * @param module the module's `import.meta.url`
 * @param file such as `./preflight.sh`
 */
export function loadScript(module: string, file: string): Script {
  const text = readFileSync(new URL(file, module), "utf8");
  const kind = /^# grappe-step: ([a-z0-9-]+)$/m.exec(text)?.[1];
  if (kind === undefined) throw new Error(`${file} has no line "# grappe-step: <kind>"`);
  return { kind, command: `exec sudo -n bash -c '${text.replaceAll("'", `'\\''`)}' grappe-${kind}` };
}
