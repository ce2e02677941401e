import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { componentsFolder, loadProgram } from "../script.ts";
import { tarArchive } from "./tar-archive.ts";

/** Where a host has our scripts; a link there leads to the edition that is in force. */
export const toolkitFolder = "/usr/local/lib/grappe";

/** Runs a script of the toolkit; it and what it needs lie in there, too. */
export const stepRunner = { asRoot: "host/as-root.sh", runStep: "host/toolkit/run-step.sh" };

const wrappers = [stepRunner.asRoot, stepRunner.runStep, "host/detached.sh", "host/framed-answer.sh"];

/** All our scripts, as one archive. */
export interface Toolkit {
  /** By their paths below `components`, each with the fragments that it sources in place. */
  readonly files: Readonly<Record<string, string>>;
  /** Names the edition: SHA-256 of the archive, its first half. */
  readonly hash: string;
  /** SHA-256 of the archive before its compression. */
  readonly sha256: string;
  /** A tar archive, compressed by gzip. */
  readonly archive: Buffer;
}

/** @param files texts by their paths in the toolkit */
export function toolkitOf(files: Readonly<Record<string, string>>): Toolkit {
  const tar = tarArchive(files);
  const sha256 = createHash("sha256").update(tar).digest("hex");
  return { files, sha256, hash: sha256.slice(0, 32), archive: gzipSync(tar, { level: 9 }) };
}

/** Every step's script among the components, and what runs one. */
function scriptFiles(): Record<string, string> {
  const root = fileURLToPath(componentsFolder);
  const steps = readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".sh") && /^# grappe-step: /m.test(readFileSync(`${root}${path}`, "utf8")));
  return Object.fromEntries(
    [...steps, ...wrappers].map((path) => [path, loadProgram(componentsFolder.href, `./${path}`)]),
  );
}

let ours: Toolkit | undefined;

/** The toolkit of this program. */
export function ownToolkit(): Toolkit {
  ours ??= toolkitOf(scriptFiles());
  return ours;
}
