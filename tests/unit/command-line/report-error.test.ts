import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { RunError } from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { reportError } from "../../../command-line/report-error.ts";
import { SettingsError } from "../../../components/settings/problem.ts";
import { UsageError } from "../../../operations/errors/usage-error.ts";

function told(error: unknown): { readonly code: number; readonly text: string } {
  let text = "";
  const code = reportError(error, (part) => {
    text += part;
  });
  return { code, text };
}

/** What an action that must fail throws. */
async function thrownBy(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error("it was to fail");
}

/** As the Automation API throws it. */
const engineError = (stderr: string, stdout = "") =>
  Object.assign(
    new Error(`code: 255
 stdout: ${stdout}
 stderr: ${stderr}
`),
    {
      commandResult: { stdout, stderr, code: 255 },
    },
  );

describe("what a user can cause", () => {
  it("is a message alone", () => {
    expect(told(new RunError("pi-1 isn't reached. Fix: switch it on."))).toEqual({
      code: 1,
      text: "pi-1 isn't reached. Fix: switch it on.\n",
    });
  });

  it("ends with 2 where nothing was begun: wrong usage, refused settings", async () => {
    expect(told(new UsageError("--name: give one.")).code).toBe(2);
    const settings = new SettingsError("pi", [{ path: "grappe:site", reason: "is missing.", fix: "Add it." }]);
    expect(told(settings)).toMatchObject({ code: 2, text: expect.stringMatching(/^The settings of stack pi/) });
    const option = await thrownBy(() => parseArgs({ args: ["--no-such"], options: {} }));
    expect(told(option)).toMatchObject({ code: 2, text: expect.stringMatching(/^Unknown option '--no-such'/) });
  });

  it("ends with 130 and says nothing where it was interrupted", () => {
    expect(told(new DOMException("The operation was aborted", "AbortError"))).toEqual({ code: 130, text: "" });
  });

  it.each([
    [
      "no log-in",
      "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
      /login --local/,
    ],
    [
      "no passphrase",
      "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or",
      /PULUMI_CONFIG_PASSPHRASE_FILE/,
    ],
    ["a wrong passphrase", "error: getting secrets manager: incorrect passphrase", /Fix: give that one/],
    ["no such stack", "error: no stack named 'pj' found", /There is no stack pj .*stack init pj/],
    ["a stale lock", "error: the stack is currently locked by 1 lock(s).", /\.\/grappe recover/],
  ])("of the engine is a sentence with a fix: %s", (_case, stderr, expected) => {
    const { code, text } = told(engineError(stderr));
    expect(text).toMatch(expected);
    expect(text).not.toContain("    at ");
    expect(code).toBe(1);
  });

  it("of the engine without a known cause is the engine's own words", () => {
    const failed = engineError(
      "",
      "Updating (pi)\nDiagnostics:\n  grappe:Host (pi-1):\n    error: no route\n\nResources:\n    + 1\n",
    );
    expect(told(failed)).toEqual({ code: 1, text: "  grappe:Host (pi-1):\n    error: no route\n" });
  });

  it("refused settings inside of a run end with 2, too", () => {
    const failed = engineError(
      "",
      "Diagnostics:\n  error: The settings of stack pi have 2 problems. Nothing was touched.\n",
    );
    expect(told(failed).code).toBe(2);
  });

  it("of the file system is a sentence with a fix", async () => {
    const full = await thrownBy(() => writeFile("/dev/full", "text"));
    expect(told(full)).toMatchObject({ code: 1, text: expect.stringMatching(/the disk is full\. Fix: make room/) });
  });

  it("of the network names the host, though fetch hides it", async () => {
    const refused = await thrownBy(() => fetch("http://127.0.0.1:9"));
    expect(told(refused).text).toMatch(/^(127\.0\.0\.1:9 isn't reached|.*bad port)/s);
    const unknown = await thrownBy(() => fetch("http://no-such-host.invalid/"));
    expect(told(unknown).text).toMatch(/^no-such-host\.invalid isn't reached: .*Fix: /);
  });
});

describe("what a user can't cause", () => {
  it("is its stack, with its causes, and asks for a report", () => {
    const { code, text } = told(new Error("a site without a server", { cause: new TypeError("inner") }));
    expect(code).toBe(1);
    expect(text).toContain("report-error.test.ts");
    expect(text).toContain("caused by: TypeError: inner");
    expect(text).toContain("This is a fault of grappe's own: please report it");
  });

  it("may be anything that was thrown", () => {
    expect(told("a text").text).toMatch(/^a text\n/);
    expect(told(undefined).code).toBe(1);
  });

  it("is a missing file that no one said was a user's", async () => {
    const { text } = told(await thrownBy(() => readFile("/no/such/file")));
    expect(text).toContain("fault of grappe's own");
  });
});
