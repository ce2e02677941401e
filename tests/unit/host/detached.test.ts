import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hasNamespaces, inOwnNamespace } from "./own-namespace.ts";

const detached = new URL("../../../components/host/detached.sh", import.meta.url).pathname;

/** systemd in a few lines: a unit is a process in the background. Every poll takes a hundredth of a second. */
const standIns = {
  "systemd-run": `while [[ $1 == --* ]]; do case $1 in --property=StandardInput=file:*) input=\${1#*file:} ;; esac; shift; done
"$@" < "$input" > /dev/null 2>&1 & echo $! > /run/unit`,
  systemctl: `case $1 in show) if [[ -e /run/unit ]] && kill -0 "$(< /run/unit)" 2> /dev/null; then echo active; else echo inactive; fi ;; esac`,
  sleep: "exec /usr/bin/sleep 0.01",
};

test.runIf(hasNamespaces)("a detached step passes on what its script says, once it takes long", async () => {
  const folder = mkdtempSync(join(tmpdir(), "grappe-detached-"));
  for (const [name, text] of Object.entries(standIns)) {
    writeFileSync(join(folder, name), `#!/usr/bin/env bash\n${text}\n`, { mode: 0o755 });
  }
  const script =
    "cat > /dev/null; echo noise >&2; echo waiting for the kubelet >&2; echo kubeadm join --token abc.def >&2; while [[ ! -e /run/enough ]]; do /usr/bin/sleep 0.05; done";
  const session = `export PATH=${folder}:$PATH
printf 'a=1\\n' | bash --norc ${detached} grappe-step-demo 60 ${JSON.stringify(script)} 2> /run/session &
session=$!
for ((i = 0; i < 600; i++)); do grep -q 'kubelet' /run/session && break; /usr/bin/sleep 0.05; done
cat /run/session
touch /run/enough
wait $session
cat /run/session`;
  try {
    const ended = await inOwnNamespace(session);
    expect(ended.stdout).toMatch(/^\.*waiting for the kubelet$/m);
    expect(ended.stdout).not.toMatch(/abc|noise/);
    expect(ended.code).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
