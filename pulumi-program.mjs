// What plain `pulumi up` runs: the story in index.ts, once it is sure that this Node.js can read it. JavaScript, as any Node.js can read this.
import { RunError } from "@pulumi/pulumi/errors.js";

/** Why this Node.js can't run the program, in one sentence with its fix; `undefined`: it can. */
function refusal() {
  if (process.platform === "win32")
    return "grappe runs on Linux and macOS. Fix: on Windows use it inside WSL (https://learn.microsoft.com/windows/wsl/install).";
  // From 22.18 and 23.6 on.
  if (process.features.typescript) return undefined;
  return (
    `Node.js ${process.versions.node} (${process.execPath}) doesn't run TypeScript by itself. ` +
    "Fix: ./grappe up STACK, which takes the Node.js of npm ci; or put Node.js 24 first on PATH, such as by PATH=$PWD/node_modules/node/bin:$PATH."
  );
}

export default async function grappe() {
  const reason = refusal();
  if (reason !== undefined) throw new RunError(reason);
  const { default: story } = await import("./index.ts");
  return await story();
}
