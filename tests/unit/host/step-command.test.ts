import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { sentCommand, stepUnit } from "../../../components/host/step-command.ts";

const script = (body: string) => ({ kind: "demo", text: `#!/usr/bin/env bash\n# grappe-step: demo\n${body}\n` });

/** As sshd does: the login shell takes the command as one argument. */
function asLoginShell(shell: string, command: string, input: string, path = process.env.PATH) {
  return spawnSync(shell, ["-c", command], { input, encoding: "utf8", env: { PATH: path } });
}

const isRoot = process.getuid?.() === 0;
const short = { name: "host-demo", deadlineSeconds: 5, detached: false };

describe.runIf(isRoot)("a short step", () => {
  test.each(["sh", "bash"])("gives script, values and exit code through %s unharmed", (shell) => {
    const body = `eval "$(cat)"; echo "it's \\$value: $value"; exit 3`;
    const result = asLoginShell(shell, sentCommand(script(body), short), "value='a b'\n");
    expect(result.stdout).toBe("it's $value: a b\n");
    expect(result.status).toBe(3);
  });

  test("ends at its deadline and says so", () => {
    const result = asLoginShell("sh", sentCommand(script("sleep 30"), { ...short, deadlineSeconds: 1 }), "");
    expect(result.status).toBe(124);
    expect(result.stderr).toContain("stopped after its deadline");
  });
});

test("the values are not in the command", () => {
  expect(sentCommand(script("echo"), short)).not.toContain("a b");
  expect(sentCommand(script("echo"), { ...short, detached: true })).toContain("# grappe-step: demo");
});

test("a detached step's unit carries grappe's name and no character that systemd refuses", () => {
  expect(stepUnit("pi-1-prepare")).toBe("grappe-step-pi-1-prepare");
  expect(stepUnit("a/b c")).toBe("grappe-step-a-b-c");
});
