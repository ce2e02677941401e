import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { descendantsOf } from "../../../../runtime/engine/descendants.ts";

test.runIf(process.platform === "linux")(
  "a process in a group of its own is found below the one that began it",
  async () => {
    const shell = spawn("bash", ["-c", "setsid sleep 60 & echo begun; wait"], { stdio: ["ignore", "pipe", "ignore"] });
    await once(shell.stdout, "data");
    const found = descendantsOf(shell.pid ?? 0);
    expect(found).toHaveLength(1);
    for (const pid of [...found, shell.pid ?? 0]) process.kill(pid, "SIGKILL");
    expect(descendantsOf(2 ** 22)).toEqual([]);
  },
);
