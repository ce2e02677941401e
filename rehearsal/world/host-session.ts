import { parse } from "yaml";
import { ownToolkit } from "../../components/host/toolkit/toolkit.ts";
import type { Machine } from "./machine.ts";
import { Refusal } from "./refusal.ts";
import { connect, type Dial } from "./ssh.ts";
import { runStep } from "./steps/run-step.ts";
import type { World } from "./world.ts";

/** What `components/host/cleanup-session.ts` is told on its stdin. */
interface Session {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey: string;
  readonly hostKey: string;
}

/** What `components/host/deliver-toolkit.ts` is told on its stdin. */
interface WayToHost {
  readonly hops: readonly (Omit<Dial, "host"> & { readonly address: string })[];
}

/** What `components/host/run-over-ssh.ts` is told on its stdin. */
interface RemoteRun extends WayToHost {
  readonly command: string;
  readonly stdin: string;
}

function hopOn(world: World, { hops }: WayToHost): Machine {
  const dials = hops.map(({ address, ...dial }) => ({ ...dial, host: address }));
  const target = dials.at(-1);
  if (target === undefined) throw new Refusal("a program on this computer was told no host");
  return connect(world, target, dials.length > 1 ? dials[0] : undefined);
}

function runOverSsh(world: World, remoteRun: RemoteRun) {
  const { command, stdin } = remoteRun;
  return runStep(world, { kind: "update", machine: hopOn(world, remoteRun), command, stdin });
}

/** The edition that is in force on a machine. */
function receiveToolkit(machine: Machine): void {
  machine.marks.set("toolkit", ownToolkit().hash);
}

/** Whether the pinned machine still stands there; another one at its address is none of ours. */
function answers(world: World, dial: Dial): boolean {
  try {
    connect(world, dial, undefined);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/**
 * Simulates the programs of ours that run on the operator's computer: `cleanup-session.ts`, which reaches a host, and in
 * the end takes off it all that is ours; `deliver-toolkit.ts`, which brings it our scripts; and `run-over-ssh.ts`, which runs a
 * step while a resource is being updated.
 *
 * @throws Refusal for any other program
 */
export function runHere(
  world: World,
  command: string | undefined,
  stdin: string,
): { readonly stdout: string; readonly seconds: number } {
  if (command?.endsWith(" components/host/run-over-ssh.ts")) {
    const remoteRun: RemoteRun = parse(stdin);
    return runOverSsh(world, remoteRun);
  }
  if (command?.endsWith(" components/host/deliver-toolkit.ts")) {
    const machine = hopOn(world, parse(stdin));
    receiveToolkit(machine);
    return { stdout: `${machine.name} has grappe's scripts`, seconds: 1 };
  }
  const verb = /components\/host\/cleanup-session\.ts (reach|clean)$/.exec(command ?? "")?.[1];
  if (verb === undefined)
    throw new Refusal(`The rehearsal doesn't know this command on this computer: ${command ?? "(none)"}`);
  const { address, port, user, privateKey, hostKey }: Session = parse(stdin);
  const dial = { host: address, port, user, privateKey, hostKey };
  if (verb === "clean" && !answers(world, dial))
    return { stdout: "a machine that is gone has nothing of ours", seconds: 30 };
  const machine = connect(world, dial, undefined);
  if (verb === "reach") {
    receiveToolkit(machine);
    return { stdout: `${machine.name} answers with its pinned host key`, seconds: 1 };
  }
  machine.marks.clear();
  machine.member = undefined;
  // Containers that are stopped, mounts, rules and files: measured at some ten seconds on the lab's hosts.
  return { stdout: `${machine.name} is clean`, seconds: 12 };
}
