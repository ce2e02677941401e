import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";

/** Name of the file that describes a bundle, at the top of its folder. */
export const manifestFile = "manifest.json";

const relativePath = z
  .string()
  .regex(/^(?!.*(?:^|\/)\.\.?(?:\/|$))[\w@.+-]+(?:\/[\w@.+-]+)*$/, "not a path inside the bundle");

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "not a SHA-256");

const artifact = z.strictObject({
  /** Binaries: the program. Images: the repository, such as registry.k8s.io/etcd. Charts: the chart. */
  name: z.string().min(1),
  kind: z.enum(["binary", "image", "chart", "archive"]),
  /** As its publisher writes it: v1.36.3, 0.16.1; of an image its tag. */
  version: z.string().min(1),
  /** `any`: the same file for every architecture, as charts are. */
  architecture: z.enum(["amd64", "arm64", "any"]),
  file: relativePath,
  sha256,
  /** Of a binary whose file is compressed by zstd: the SHA-256 of the program itself, as it will lie on a host. */
  unpackedSha256: sha256.optional(),
  /** Bytes of the file. */
  size: z.int().min(0),
  /**
   * How it came here: `release` (its publisher's own), `source` (the same program, built on the spot), `stand-in` (something of
   * ours that does its work), `added` by hand.
   */
  origin: z.enum(["source", "release", "stand-in", "added"]),
  /** Of what was built or stands in: what it was made from, such as go.universe.tf/metallb@v0.16.1. */
  builtFrom: z.string().min(1).optional(),
  /** The part of the platform, or the application, that it is for; absent: every host takes it. */
  part: z.string().min(1).optional(),
});

const manifest = z.strictObject({
  schemaVersion: z.literal(1),
  artifacts: z.array(artifact),
});

export type BundleArtifact = z.output<typeof artifact>;
export type BundleManifest = z.output<typeof manifest>;

/** A bundle: one folder with every binary, image and chart that hosts are installed from without internet. */
export interface Bundle {
  /** Absolute path of the folder. */
  readonly directory: string;
  readonly artifacts: readonly BundleArtifact[];
}

/** What a stack wants of a bundle. */
export type WantedArtifact = Pick<BundleArtifact, "name" | "kind" | "version"> & {
  /** Architecture of the host that takes it. */
  readonly architecture: "amd64" | "arm64";
};

/** A bundle that cannot be used as it is: every reason, and the command that mends it. */
export class BundleError extends RunError {
  override readonly name = "BundleError";
  readonly problems: readonly string[];

  constructor(directory: string, problems: readonly string[], fix: string) {
    super(`The bundle ${directory} cannot be used:\n${problems.map((problem) => `  - ${problem}`).join("\n")}\n${fix}`);
    this.problems = problems;
  }
}

/** Parses (pure) a manifest's text. Throws `BundleError` with every mistake in it. */
export function parseManifest(directory: string, text: string): BundleManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BundleError(
      directory,
      [`${manifestFile} is no JSON: ${reason}`],
      "Make the bundle again: ./grappe bundle",
    );
  }
  const parsed = manifest.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${manifestFile}: ${path.join(".")}: ${message}`);
  throw new BundleError(directory, problems, "Make the bundle again: ./grappe bundle");
}

/** Reads a bundle's manifest; files are not touched. Throws `BundleError` where there is none or it has mistakes. */
export async function readBundle(directory: string): Promise<Bundle> {
  const text = await readFile(join(directory, manifestFile), "utf8").catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BundleError(
      directory,
      [reason],
      "Make it (./grappe bundle) or correct the setting grappe:artifacts.bundle.",
    );
  });
  return { directory, artifacts: parseManifest(directory, text).artifacts };
}

/** Finds (pure) what a stack wants in a bundle; `undefined` where it is missing. */
export function findArtifact(bundle: Bundle, wanted: WantedArtifact): BundleArtifact | undefined {
  return bundle.artifacts.find(
    ({ name, kind, version, architecture }) =>
      name === wanted.name &&
      kind === wanted.kind &&
      version === wanted.version &&
      (architecture === "any" || architecture === wanted.architecture),
  );
}

/** Lists (pure) what a stack wants and a bundle lacks, in one go; for each, the versions that the bundle has instead. */
export function missingFrom(bundle: Bundle, wanted: readonly WantedArtifact[]): string[] {
  const lacking = wanted.filter((artifact) => findArtifact(bundle, artifact) === undefined);
  const lines = lacking.map(({ name, kind, version, architecture }) => {
    const others = bundle.artifacts
      .filter((artifact) => artifact.name === name && artifact.kind === kind)
      .map((artifact) => `${artifact.version} for ${artifact.architecture}`);
    const instead = others.length === 0 ? "" : `, the bundle has ${others.join(", ")}`;
    return `${kind} ${name} ${version} for ${architecture}${instead}`;
  });
  return [...new Set(lines)].toSorted();
}

/** Throws `BundleError` with everything that a stack wants and a bundle lacks. */
export function requireArtifacts(bundle: Bundle, wanted: readonly WantedArtifact[]): void {
  const missing = missingFrom(bundle, wanted).map((line) => `missing: ${line}`);
  if (missing.length === 0) return;
  throw new BundleError(bundle.directory, missing, "Add them: ./grappe bundle, or ./grappe bundle add FILE…");
}

/** SHA-256 of a file of any size, in hexadecimal. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function problemWith(bundle: Bundle, { file, size, sha256 }: BundleArtifact): Promise<string | undefined> {
  const path = join(bundle.directory, file);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return `${file} is in the manifest but not in the folder`;
  if (found.size !== size) return `${file} has ${found.size} bytes, the manifest says ${size}`;
  if ((await fileSha256(path)) !== sha256) return `${file} has another SHA-256 than the manifest says`;
  return undefined;
}

/** Reads every file of a bundle and compares its size and SHA-256. Throws `BundleError` with all differences. */
export async function verifyBundle(bundle: Bundle): Promise<void> {
  const problems: string[] = [];
  for (const artifact of bundle.artifacts) {
    const problem = await problemWith(bundle, artifact);
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length > 0) throw new BundleError(bundle.directory, problems, "Make the bundle again: ./grappe bundle");
}
