import { join } from "node:path";
import { cacheDirectory } from "../toolchain/cache.ts";
import type { Architecture } from "../toolchain/go-module.ts";
import { ownArchitecture } from "../toolchain/go-module.ts";
import type { Progress } from "../toolchain/progress.ts";
import type { ImageConfig } from "./image-archive.ts";
import { filesLayer, packagesLayer } from "./layers.ts";

/** One of our own applications: Node.js programs in TypeScript, without dependencies, on the repository's own Node.js. */
export interface Application {
  /** Image reference, as the settings have it by default. */
  readonly reference: string;
  /** Path in the image to file or folder on this computer. */
  readonly files: Readonly<Record<string, string>>;
  readonly config: ImageConfig;
}

const repository = join(import.meta.dirname, "..", "..");

function nodeApplication(name: string, version: string, folder: string): Application {
  return {
    reference: `grappe.local/${name}:${version}`,
    files: { app: join(repository, folder) },
    config: { entrypoint: ["/usr/local/bin/node"], workingDirectory: "/app", user: "65532:65532" },
  };
}

/** The applications that are written in this repository. */
export const applications: readonly Application[] = [
  nodeApplication("calculator", "1.0.0", "components/apps/calculator/service"),
  nodeApplication("edge", "1.0.0", "components/apps/edge/service"),
];

/** The layers under a Node.js application: the C++ library from Debian, and the Node.js that `npm ci` brought. */
export async function nodeLayers(architecture: Architecture, progress: Progress): Promise<readonly string[]> {
  if (architecture !== ownArchitecture()) {
    throw new Error(
      `Images of the applications hold this computer's Node.js: make a bundle for ${architecture} on such a computer.`,
    );
  }
  const libraries = await packagesLayer({ packages: ["ca-certificates", "libstdc++6"] }, architecture, progress);
  const program = join(repository, "node_modules", "node", "bin", "node");
  return [libraries, await filesLayer({ "usr/local/bin/node": program }, await cacheDirectory("layers"))];
}
