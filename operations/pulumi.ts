import { spawn } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { ensurePulumi } from "../lab/toolchain/tools.ts";

/**
 * `npm run pulumi -- …`: the Pulumi CLI in the SDK's version, with this project's Node first on the PATH, as the program
 * relies on Node's own type stripping.
 */
const program = await ensurePulumi();
const path = [dirname(process.execPath), dirname(program), process.env.PATH ?? ""].join(delimiter);
const child = spawn(program, process.argv.slice(2), { stdio: "inherit", env: { ...process.env, PATH: path } });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
