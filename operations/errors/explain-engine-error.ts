import { errorChain } from "./error-chain.ts";

/** A refusal of the Pulumi CLI: how its text is known, and what it means to a user. */
interface Refusal {
  readonly pattern: RegExp;
  readonly explain: (match: RegExpMatchArray) => string;
}

const refusals: readonly Refusal[] = [
  {
    pattern: /PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions|not logged in/,
    explain: () =>
      "Pulumi isn't logged in to where it keeps its state. Fix: `./grappe pulumi login --local` for this computer, or see docs/secrets.md.",
  },
  {
    pattern: /passphrase must be set with PULUMI_CONFIG_PASSPHRASE/,
    explain: () =>
      "The stack's passphrase isn't given. Fix: name the file that holds it in PULUMI_CONFIG_PASSPHRASE_FILE, or set PULUMI_CONFIG_PASSPHRASE.",
  },
  {
    pattern: /incorrect passphrase/,
    explain: () =>
      "The passphrase isn't the one that the stack's secrets were encrypted with. Fix: give that one, in PULUMI_CONFIG_PASSPHRASE or in the file that PULUMI_CONFIG_PASSPHRASE_FILE names.",
  },
  {
    pattern: /no stack named '([^']*)' found/,
    explain: ([, name]) =>
      `There is no stack ${name} in this backend. Fix: write its name as \`./grappe pulumi stack ls\` does, or make it: \`./grappe pulumi stack init ${name}\`.`,
  },
  {
    pattern: /stack '?([^'\s]*)'? already exists/,
    explain: ([, name]) => `The stack ${name} is there already. Fix: use it, or give the new one another name.`,
  },
  {
    pattern: /the stack is currently locked by|\[409\] Conflict: Another update is currently in progress/,
    explain: () =>
      "Another run of this stack is at work, or one was killed. Fix: wait for its end; if it was killed: `./grappe recover STACK` (docs/change.md).",
  },
];

/** Settings that the program refused; the engine has printed which. */
const refusedSettings = /The settings of stack \S+ have \d+ problems?\. Nothing was touched\./;

const isEngineError = (error: Error) => Reflect.get(error, "commandResult") !== undefined;

export interface EngineFailure {
  readonly message: string;
  /** Whether nothing was begun, as the settings were refused. */
  readonly refused: boolean;
}

/**
 * What the Pulumi CLI or its engine refused, as a sentence with a fix where the cause is known, else its own words; `undefined`
 * for an error that isn't the engine's (pure).
 */
export function explainEngineError(error: unknown): EngineFailure | undefined {
  const found = errorChain(error).find(isEngineError);
  if (found === undefined) return undefined;
  const result: unknown = Reflect.get(found, "commandResult");
  const { stdout, stderr } =
    result instanceof Object
      ? { stdout: String(Reflect.get(result, "stdout") ?? ""), stderr: String(Reflect.get(result, "stderr") ?? "") }
      : { stdout: "", stderr: found.message };
  return explainEngineOutput(`${stderr}\n${stdout}`);
}

/** The same for what a failed run of the Pulumi CLI has written (pure). */
export function explainEngineOutput(text: string): EngineFailure {
  const refused = refusedSettings.test(text);
  for (const { pattern, explain } of refusals) {
    const match = text.match(pattern);
    if (match !== null) return { message: explain(match), refused };
  }
  return { message: diagnostics(text) || "The run failed; what it wrote above says why.", refused };
}

/** The part of the engine's output that says why: from `Diagnostics:`, or the lines that begin with `error:` (pure). */
function diagnostics(text: string): string {
  const [, block] = text.match(/^Diagnostics:\n([\s\S]*?)(?:\n(?:Outputs|Resources|Duration):|$(?![\s\S]))/m) ?? [];
  if (block !== undefined) return block.trimEnd();
  return text
    .split("\n")
    .filter((line) => /^\s*error:/.test(line))
    .join("\n");
}
