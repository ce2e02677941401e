import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { helpPage, understand } from "../../../command-line/command-line.ts";
import { exitCodes } from "../../../operations/errors/exit-codes.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const pageOf = (file: string) => readFileSync(join(root, file), "utf8");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(root, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file)),
];

const verbs = [...(await helpPage()).matchAll(/^ {2}\.\/grappe (\S+)/gm)].map(([, verb = ""]) => verb);

/** A command of a page. */
interface Command {
  readonly where: string;
  readonly words: readonly string[];
}

/** The words after `./grappe`, as a shell would give them: without comment, redirection and what follows. */
function wordsOf(text: string): readonly string[] {
  const [command = ""] = text.split(/\s+#|[<>|;&)]/);
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? "",
  );
}

/** Every command of a page, of its blocks and of its text. */
function commandsIn(file: string): readonly Command[] {
  return pageOf(file)
    .split("\n")
    .flatMap((line, index) => {
      const where = `${file}:${index + 1}`;
      const isBlock = /^( {4}|\t)/.test(line) && !/^\s*[-|*]/.test(line);
      const texts = isBlock ? [line] : [...line.matchAll(/`([^`]*)`/g)].map(([, code = ""]) => code);
      return texts.flatMap((text) =>
        [...text.matchAll(/(?:^|[\s(])\.\/grappe(?=\s|$)([^`]*)/g)].map(([, rest = ""]) => ({
          where,
          words: wordsOf(rest),
        })),
      );
    });
}

const commands = pages.flatMap(commandsIn);

describe("commands in the pages", () => {
  it("are many", () => {
    expect(commands.length).toBeGreaterThan(40);
  });

  it("name verbs that there are", () => {
    const unknown = commands.filter(({ words: [verb = "--help"] }) => !verb.startsWith("-") && !verbs.includes(verb));
    expect(unknown.map(({ where, words }) => `${where}: ${words.join(" ")}`)).toEqual([]);
  });

  it("are understood, with every option", async () => {
    const wrong: string[] = [];
    for (const { where, words } of commands) {
      // A verb alone in a text only names it.
      const said = words.filter((word) => word !== "--help");
      if (said.length < 2 || said[0] === "completion") continue;
      await understand(said).catch((error: unknown) => wrong.push(`${where}: ${words.join(" ")}: ${String(error)}`));
    }
    expect(wrong).toEqual([]);
  });
});

describe("docs/command-line.md", () => {
  const page = pageOf("docs/command-line.md");
  const rows = [...page.matchAll(/^\| `\.\/grappe (\S+?)[ `].*?\| (yes)? ?\|$/gm)];

  it("has a row for every verb of --help, and for no other", () => {
    expect(rows.map(([, verb]) => verb).toSorted()).toEqual(verbs.toSorted());
  });

  it("says which of them speak JSON", async () => {
    const speak = async (verb: string) => {
      const values: Readonly<Record<string, readonly string[]>> = { card: ["pi", "pi-1", "--boot", "/mnt"] };
      return await understand([
        verb,
        ...(values[verb] ?? (["lock", "completion"].includes(verb) ? [] : ["up"])),
        "--json",
      ]).then(
        () => true,
        () => false,
      );
    };
    const others = ["pulumi", "completion", "lab", "cloud", "bundle"];
    for (const [, verb = "", json] of rows.filter(([, each = ""]) => !others.includes(each)))
      expect(await speak(verb), verb).toBe(json === "yes");
  });

  it("has every exit code", () => {
    const codes = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(exitCodes));
  });
});

test("words of a command are a shell's", () => {
  expect(wordsOf(" output kubeconfig pi > kubeconfig")).toEqual(["output", "kubeconfig", "pi"]);
  expect(wordsOf(' rehearse pi --fail "a b"   # why')).toEqual(["rehearse", "pi", "--fail", "a b"]);
});
