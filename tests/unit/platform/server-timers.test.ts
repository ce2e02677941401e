import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { loadScript } from "../../../components/host/script.ts";
import { shellAssignments, shellQuote } from "../../../components/host/shell-assignments.ts";
import { type ServerTimer, timerValues } from "../../../components/platform/server-timers.ts";
import { hasNamespaces, inOwnNamespace } from "../host/own-namespace.ts";
import { resolved } from "./registered-graph.ts";

const module = new URL("../../../components/platform/server-timers.ts", import.meta.url).href;
const { text } = loadScript(module, "./server-timers.sh");

const timer = (name: string, program = `#!/bin/sh\necho ${name}\n`): ServerTimer => ({
  unit: `grappe-${name}`,
  description: name,
  program,
  values: { name },
  schedule: ["OnCalendar=daily"],
  after: [],
});

/** One run of the step; a line `before` each, then what it asked of systemd. */
const run = async (timers: readonly ServerTimer[]) =>
  `echo run; printf %s ${shellQuote(shellAssignments(await resolved(pulumi.all(timerValues(timers)))))} | bash --norc -c ${shellQuote(text)}\n`;

/** systemd, of which units are active as long as it was told to start them. */
const systemctl = `systemctl() {
  local unit=\${*: -1}
  case $1 in
    is-active) [[ -e /run/active-$unit ]]; return ;;
    restart) touch "/run/active-$unit" ;;
    disable) [[ -e /etc/systemd/system/$unit ]] || { echo "no $unit"; return 1; }; rm -f "/run/active-$unit" ;;
  esac
  echo "$*"
}
export -f systemctl
`;

const ofOurs =
  "find /etc/grappe /etc/systemd/system /usr/local/lib/grappe -name '*grappe-*' -printf '%m %p\\n' | sort\n";

async function after(...commands: readonly (string | Promise<string>)[]): Promise<readonly string[]> {
  const script = `mkdir -p /etc/grappe /etc/systemd/system; rm -f /etc/grappe/* /etc/systemd/system/grappe-*\n${systemctl}`;
  const { code, stdout, stderr } = await inOwnNamespace(script + (await Promise.all(commands)).join(""), [
    "/usr/local/lib",
  ]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.trim().split("\n");
}

const filesOf = (name: string) => [
  `600 /etc/grappe/grappe-${name}.values`,
  `644 /etc/systemd/system/grappe-${name}.service`,
  `644 /etc/systemd/system/grappe-${name}.timer`,
  `755 /usr/local/lib/grappe/grappe-${name}`,
];
const started = (name: string) => [`enable --quiet grappe-${name}.timer`, `restart grappe-${name}.timer`];
const removed = (name: string) => [
  `disable --quiet --now grappe-${name}.timer`,
  `stop grappe-${name}.service`,
  "daemon-reload",
  `reset-failed grappe-${name}.timer grappe-${name}.service`,
];

describe.runIf(hasNamespaces)("timers on a server", () => {
  test("are there once, and at work; one that changed is started anew, and no other", async () => {
    const both = run([timer("kept"), timer("saved")]);
    const lines = await after(both, both, run([timer("kept"), timer("saved", "#!/bin/sh\n")]), ofOurs);
    expect(lines).toEqual([
      "run",
      ...started("kept"),
      ...started("saved"),
      "run",
      "run",
      ...started("saved"),
      ...[...filesOf("kept"), ...filesOf("saved")].toSorted((a, b) => (a < b ? -1 : 1)),
    ]);
  });

  test("run a program that reads its values as a step does", async () => {
    const program = '#!/usr/bin/env bash\neval "$(cat)"\necho "its name: $name"\n';
    const lines = await after(
      run([timer("kept", program)]),
      "/usr/local/lib/grappe/grappe-kept < /etc/grappe/grappe-kept.values\n",
    );
    expect(lines.at(-1)).toBe("its name: kept");
  });

  test("go, once they aren't called for any more, with all their files; what isn't theirs stays", async () => {
    const others = "touch /etc/grappe/proxy.curlrc /etc/systemd/system/grappe-audit-bound.timer\n";
    const lines = await after(others, run([timer("kept")]), run([timer("saved")]), run([]), run([]), ofOurs);
    expect(lines).toEqual([
      "run",
      ...started("kept"),
      "run",
      ...removed("kept"),
      ...started("saved"),
      "run",
      ...removed("saved"),
      "run",
      "644 /etc/systemd/system/grappe-audit-bound.timer",
    ]);
  });

  test("go after a removal, too, that was cut off in the middle", async () => {
    const cut = "rm /etc/systemd/system/grappe-kept.timer /etc/systemd/system/grappe-kept.service\n";
    const lines = await after(run([timer("kept")]), cut, run([]), "ls -A /etc/grappe /usr/local/lib/grappe\n");
    expect(lines).toEqual([
      "run",
      ...started("kept"),
      "run",
      "daemon-reload",
      "reset-failed grappe-kept.timer grappe-kept.service",
      "/etc/grappe:",
      "",
      "/usr/local/lib/grappe:",
    ]);
  });
});
