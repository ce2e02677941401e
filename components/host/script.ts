import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { shellQuote } from "./shell-assignments.ts";

/** A shell script of ours, as it is sent to a host. It holds no secret: values reach it through stdin. */
export interface Script {
  /** What it does, from its header line `# grappe-step: <kind>`. */
  readonly kind: string;
  /** Its whole text, with every fragment that it sources in place. */
  readonly text: string;
  /** Where it lies below `components`, and in the toolkit. */
  readonly path: string;
  /** SHA-256 of the text. */
  readonly sha256: string;
}

/** What holds all our scripts. */
export const componentsFolder = new URL("../", import.meta.url);

/** Linux takes 128 KiB in one argument, and the script travels in one; quoting and the values' wrapper need some of it. */
const maximumBytes = 100_000;

/** A line such as `. ./lib/network.sh`; `# shellcheck source=` above it lets shellcheck follow. */
const sourcing = /^(?:# shellcheck source=\S+\n)?(?:\.|source) "?(\.{1,2}\/[\w./-]+\.sh)"?$/gm;

/** A line such as `program=$(cat ./a.pl ./b.pl)`: what a script hands to another interpreter, from files beside it. */
const reading = /^(\w+)=\$\(cat ((?:\.{1,2}\/[\w./-]+ ?)+)\)$/gm;

function read(url: URL, files: string): string {
  return files
    .split(" ")
    .map((file) => readFileSync(new URL(file, url), "utf8"))
    .join("")
    .trimEnd();
}

function inlined(url: URL): string {
  const text = readFileSync(url, "utf8").replace(
    reading,
    (_line, name: string, files: string) => `${name}=${shellQuote(read(url, files))}`,
  );
  return text.replace(sourcing, (_line, file: string) => {
    const fragment = inlined(new URL(file, url));
    return fragment
      .replace(/^#!.*\n/, "")
      .replace(/^set -euo pipefail\n/m, "")
      .trimEnd();
  });
}

/**
 * Reads the script that lies beside the module that sends it, with the fragments that it sources (`. ./lib/x.sh`) and the files that it
 * reads whole (`x=$(cat ./x.pl)`) in place.
 *
 * @param module the module's `import.meta.url`
 * @param file such as `./preflight.sh`
 * @throws if the script doesn't say its kind, or is too long to travel as one argument
 */
export function loadScript(module: string, file: string): Script {
  const text = loadProgram(module, file);
  const kind = /^# grappe-step: ([a-z0-9-]+)$/m.exec(text)?.[1];
  assert(kind !== undefined, `${file} has no line "# grappe-step: <kind>"`);
  const bytes = Buffer.byteLength(text);
  assert(bytes <= maximumBytes, `${file} has ${bytes} bytes; a step's script may have ${maximumBytes}`);
  const path = relative(fileURLToPath(componentsFolder), fileURLToPath(new URL(file, module))).replaceAll("\\", "/");
  return { kind, text, path, sha256: createHash("sha256").update(text).digest("hex") };
}

/**
 * Reads a program that is written to a host as a file, from beside the module that sends it, with the fragments that it sources in place.
 *
 * @param module the module's `import.meta.url`
 * @param file such as `./etcd-snapshot.sh`
 */
export function loadProgram(module: string, file: string): string {
  return inlined(new URL(file, module));
}
