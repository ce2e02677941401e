import { existsSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { run } from "../../../runtime/subprocess.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const program = join(root, "pulumi-program.mjs");

/** Runs the program as Pulumi's language host does, without an engine, and tells how it ended. */
const running = `
  import(${JSON.stringify(program)})
    .then((module) => module.default())
    .then(() => "done", (error) => (error.__pulumiRunError ? "RunError: " : "") + error.message)
    .then((ending) => process.stdout.write(JSON.stringify({ ending, strips: Boolean(process.features.typescript) })));`;

async function endingWith(...node: readonly [string, ...string[]]): Promise<{ ending: string; strips: boolean }> {
  const { stdout } = await run([...node, "--no-warnings", "-e", running], { cwd: root });
  return JSON.parse(stdout);
}

/** Every Node.js of this computer that a plain \`pulumi up\` could find. */
const onPath = [...new Set((process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "node")))]
  .filter((file) => existsSync(file))
  .map((file) => realpathSync(file));

const ours = join(root, "node_modules", "node", "bin", "node");

describe("what plain pulumi runs", () => {
  it("is this program", () => {
    expect(parse(readFileSync(join(root, "Pulumi.yaml"), "utf8"))).toMatchObject({ main: "pulumi-program.mjs" });
  });

  it("is refused in one sentence by a Node.js that can't read TypeScript", async () => {
    expect(await endingWith(ours, "--no-experimental-strip-types")).toEqual({
      strips: false,
      ending: expect.stringMatching(
        /^RunError: Node\.js 24\S+ \(\S+\) doesn't run TypeScript by itself\. Fix: \.\/grappe up STACK[^\n]*$/,
      ),
    });
  });

  it.each([...new Set([ours, ...onPath])])(
    "is read, or refused in that sentence, by %s",
    { timeout: 120_000 },
    async (node) => {
      const { ending, strips } = await endingWith(node);
      if (strips) expect(ending).not.toMatch(/doesn't run TypeScript|Unknown file extension/);
      else expect(ending).toMatch(/^RunError: Node\.js \S+ \(\S+\) doesn't run TypeScript by itself\. Fix: /);
      expect(ending).not.toBe("done");
    },
  );
});
