import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "ssh2";
import { type ConnectionFailure, connect, forward, type SshTarget } from "./ssh-connection.ts";

/** Whether waiting can help: a machine that boots refuses or doesn't answer; a wrong key or login stays wrong. */
function mayPass(failure: ConnectionFailure): boolean {
  return failure.kind === "unreachable";
}

/** Connects once, through another host's connection where one is given. */
async function connectThrough(target: SshTarget, milliseconds: number, through: Client | undefined) {
  if (through === undefined) return connect(target, milliseconds);
  try {
    return await connect(target, milliseconds, await forward(through, target));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { failure: { kind: "unreachable", reason } satisfies ConnectionFailure };
  }
}

/** Connects to a host that may still boot: again and again for so many seconds, as long as waiting can help. */
export async function connectWithin(target: SshTarget, seconds: number, through?: Client) {
  const end = Date.now() + seconds * 1000;
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 5000)) {
    const result = await connectThrough(target, Math.min(15_000, Math.max(1000, end - Date.now())), through);
    if (!("failure" in result) || !mayPass(result.failure) || Date.now() + pause > end) return result;
    await sleep(pause);
  }
}

/** How long a machine that was just switched on may take until it answers. */
export const bootSeconds = 270;

/** Why a host can't be used, and how that is mended. */
export function explainFailure(
  { name, address, port, user }: SshTarget & { readonly name: string },
  failure: ConnectionFailure,
): string {
  const where = `${name} (${address}:${port})`;
  switch (failure.kind) {
    case "unreachable":
      return `${where} doesn't answer over SSH: ${failure.reason}. Fix: switch it on, or correct its address or port.`;
    case "other-host-key":
      return (
        `${where} shows ${failure.reason}, not the host key that the settings pin: it is another machine, or somebody stands ` +
        "in between. Nothing was sent to it. Fix: if the machine was replaced or installed anew, pin its new key (hostKey)."
      );
    case "login":
      return `${where} lets ${user} not in: ${failure.reason}. Fix: put the public key into ~${user}/.ssh/authorized_keys there.`;
  }
}
